import type { SourceSettings } from '../settings.js';
import { boardSource } from '../shared/board-source.js';
import { asArray, asObject } from '../shared/json.js';
import { addressOf } from '../shared/paged-source.js';
import type { JobSource } from '../source.port.js';
import { mapGreenhouse } from './map.js';

export const greenhouseSource = (settings: SourceSettings): JobSource =>
  boardSource({
    name: 'greenhouse',
    displayName: 'Greenhouse boards',
    attribution: { name: 'Greenhouse', url: 'https://job-boards.greenhouse.io' },
    boards: settings.GREENHOUSE_BOARDS,
    setting: 'GREENHOUSE_BOARDS',
    pace: [],
    urlOf: ({ token }) =>
      addressOf(settings.GREENHOUSE_BASE_URL, `/v1/boards/${encodeURIComponent(token)}/jobs`, {
        content: 'true',
        pay_transparency: 'true',
      }),
    itemsOf: (body) => asArray(asObject(body)?.['jobs']),
    map: mapGreenhouse,
  });
