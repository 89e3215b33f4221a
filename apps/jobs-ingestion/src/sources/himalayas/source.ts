import type { SourceSettings } from '../settings.js';
import { fetchPages } from '../shared/paged-source.js';
import type { JobSource } from '../source.port.js';
import { himalayasPages } from './fetch.js';
import { mapHimalayas } from './map.js';

/** Remote jobs; wants to be named visibly. */
export function himalayasSource(settings: SourceSettings): JobSource {
  const name = 'himalayas';
  const attribution = { name: 'Himalayas', url: 'https://himalayas.app' };
  const pages = himalayasPages(settings.HIMALAYAS_BASE_URL);
  return {
    name,
    displayName: 'Himalayas',
    kind: 'aggregator',
    attribution,
    unavailableReason: null,
    minIntervalMs: 3_600_000,
    pace: [],
    fetch: (context) =>
      fetchPages({ ...pages, name, attribution, maxPages: settings.HIMALAYAS_MAX_PAGES, map: mapHimalayas }, context),
  };
}
