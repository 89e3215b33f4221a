import type { SourceSettings } from '../settings.js';
import { fetchPages } from '../shared/paged-source.js';
import type { JobSource } from '../source.port.js';
import { remotivePages } from './fetch.js';
import { mapRemotive } from './map.js';

/** Its terms: at most four times a day, a link back and the name, no sign-up wall before a listing. */
export function remotiveSource(settings: SourceSettings): JobSource {
  const name = 'remotive';
  const attribution = { name: 'Remotive', url: 'https://remotive.com' };
  const pages = remotivePages(settings.REMOTIVE_BASE_URL);
  return {
    name,
    displayName: 'Remotive',
    kind: 'aggregator',
    attribution,
    unavailableReason: null,
    minIntervalMs: 6 * 3_600_000,
    pace: [],
    fetch: (context) => fetchPages({ ...pages, name, attribution, maxPages: 1, map: mapRemotive }, context),
  };
}
