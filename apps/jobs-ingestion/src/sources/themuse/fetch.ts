import { asArray, asNumber, asObject } from '../shared/json.js';
import { addressOf, type PagedSourceOptions } from '../shared/paged-source.js';

/** Page 100 answers 400, whatever `page_count` says. */
const LAST_PAGE = 99;

/** Categories split the listing, which is how one gets past page 99. An empty name asks for all of them. */
export interface MuseCursor {
  category: number;
  page: number;
}

export const theMusePages = (
  baseUrl: string,
  categories: readonly string[],
  apiKey: string | undefined,
): Pick<PagedSourceOptions<MuseCursor>, 'first' | 'conditional' | 'requestOf' | 'itemsOf' | 'nextOf'> => ({
  // Counted from 1: page 0 repeats page 1.
  first: { category: 0, page: 1 },
  conditional: false,
  requestOf: ({ category, page }) => ({
    url: addressOf(baseUrl, '/api/public/jobs', {
      page: String(page),
      category: categories[category],
      descending: 'true',
      api_key: apiKey,
    }),
    part: `${categories[category] ?? 'all'} page ${page}`,
  }),
  itemsOf: (body) => asArray(asObject(body)?.['results']),
  nextOf: ({ category, page }, body) => {
    const last = Math.min(asNumber(asObject(body)?.['page_count']) ?? page, LAST_PAGE);
    if (page < last) return { category, page: page + 1 };
    return category + 1 < categories.length ? { category: category + 1, page: 1 } : null;
  },
});
