import type { SourceSettings } from '../settings.js';
import { fetchPages } from '../shared/paged-source.js';
import type { JobSource } from '../source.port.js';
import { arbeitnowPages } from './fetch.js';
import { mapArbeitnow } from './map.js';

/** German job board with an open API that asks for a link back. */
export function arbeitnowSource(settings: SourceSettings): JobSource {
  const name = 'arbeitnow';
  const attribution = { name: 'Arbeitnow', url: 'https://www.arbeitnow.com' };
  const pages = arbeitnowPages(settings.ARBEITNOW_BASE_URL);
  return {
    name,
    displayName: 'Arbeitnow',
    kind: 'aggregator',
    attribution,
    unavailableReason: null,
    minIntervalMs: 3_600_000,
    pace: [],
    fetch: (context) =>
      fetchPages({ ...pages, name, attribution, maxPages: settings.ARBEITNOW_MAX_PAGES, map: mapArbeitnow }, context),
  };
}
