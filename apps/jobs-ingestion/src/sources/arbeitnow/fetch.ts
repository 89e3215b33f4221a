import { asArray, asObject } from '../shared/json.js';
import { addressOf, type PagedSourceOptions } from '../shared/paged-source.js';

/** `GET /api/job-board-api?page=1`, newest first; `links.next` is null on the last page. */
export const arbeitnowPages = (
  baseUrl: string,
): Pick<PagedSourceOptions<number>, 'first' | 'conditional' | 'requestOf' | 'itemsOf' | 'nextOf'> => ({
  first: 1,
  conditional: false,
  requestOf: (page) => ({
    url: addressOf(baseUrl, '/api/job-board-api', { page: String(page) }),
    part: `page ${page}`,
  }),
  itemsOf: (body) => asArray(asObject(body)?.['data']),
  // The link says whether there is more; where it leads is not taken from the answer.
  nextOf: (page, body) => (typeof asObject(asObject(body)?.['links'])?.['next'] === 'string' ? page + 1 : null),
});
