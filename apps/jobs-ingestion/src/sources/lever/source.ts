import type { SourceSettings } from '../settings.js';
import { boardSource } from '../shared/board-source.js';
import { asArray } from '../shared/json.js';
import { addressOf } from '../shared/paged-source.js';
import type { JobSource } from '../source.port.js';
import { mapLever } from './map.js';

/** Accounts of the European installation are listed as `eu:site`. */
const EU = 'eu:';

export const leverSource = (settings: SourceSettings): JobSource =>
  boardSource({
    name: 'lever',
    displayName: 'Lever boards',
    attribution: { name: 'Lever', url: 'https://jobs.lever.co' },
    boards: settings.LEVER_SITES,
    setting: 'LEVER_SITES',
    // robots.txt of the API hosts asks for a second between requests.
    pace: [settings.LEVER_BASE_URL, settings.LEVER_EU_BASE_URL].map((base) => ({
      host: new URL(base).host,
      ratePerSecond: 1,
    })),
    urlOf: ({ token }) => {
      const isEu = token.startsWith(EU);
      const site = isEu ? token.slice(EU.length) : token;
      const base = isEu ? settings.LEVER_EU_BASE_URL : settings.LEVER_BASE_URL;
      return addressOf(base, `/v0/postings/${encodeURIComponent(site)}`, { mode: 'json' });
    },
    itemsOf: asArray,
    map: mapLever,
  });
