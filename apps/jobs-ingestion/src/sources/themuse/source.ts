import type { SourceSettings } from '../settings.js';
import { fetchPages } from '../shared/paged-source.js';
import type { JobSource } from '../source.port.js';
import { theMusePages } from './fetch.js';
import { mapTheMuse } from './map.js';

/** 20 postings a page, 500 requests an hour without a key; being throttled shows as 403. */
export function theMuseSource(settings: SourceSettings): JobSource {
  const name = 'themuse';
  const attribution = { name: 'The Muse', url: 'https://www.themuse.com' };
  const pages = theMusePages(settings.THEMUSE_BASE_URL, settings.THEMUSE_CATEGORIES, settings.THEMUSE_API_KEY);
  return {
    name,
    displayName: 'The Muse',
    kind: 'aggregator',
    attribution,
    unavailableReason: null,
    minIntervalMs: 3_600_000,
    pace: [],
    fetch: (context) =>
      fetchPages({ ...pages, name, attribution, maxPages: settings.THEMUSE_MAX_PAGES, map: mapTheMuse }, context),
  };
}
