import type { SourceSettings } from '../settings.js';
import { boardSource } from '../shared/board-source.js';
import { asArray, asObject } from '../shared/json.js';
import { addressOf } from '../shared/paged-source.js';
import type { JobSource } from '../source.port.js';
import { mapAshby } from './map.js';

/** Board names are case-sensitive in places: they are sent as configured. */
export const ashbySource = (settings: SourceSettings): JobSource =>
  boardSource({
    name: 'ashby',
    displayName: 'Ashby boards',
    attribution: { name: 'Ashby', url: 'https://jobs.ashbyhq.com' },
    boards: settings.ASHBY_BOARDS,
    setting: 'ASHBY_BOARDS',
    pace: [],
    urlOf: ({ token }) =>
      addressOf(settings.ASHBY_BASE_URL, `/posting-api/job-board/${encodeURIComponent(token)}`, {
        includeCompensation: 'true',
      }),
    itemsOf: (body) => asArray(asObject(body)?.['jobs']),
    map: mapAshby,
  });
