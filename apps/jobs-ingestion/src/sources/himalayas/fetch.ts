import { asArray, asLine, asNumber, asObject } from '../shared/json.js';
import { addressOf, type PagedSourceOptions } from '../shared/paged-source.js';

/** More than 20 is refused. */
const PAGE_SIZE = 20;

export interface HimalayasCursor {
  page: number;
  cursor?: string;
  offset?: number;
}

/** Newest first; `nextCursor` leads on, older answers have `offset` and `totalCount` instead. */
export const himalayasPages = (
  baseUrl: string,
): Pick<PagedSourceOptions<HimalayasCursor>, 'first' | 'conditional' | 'requestOf' | 'itemsOf' | 'nextOf'> => ({
  first: { page: 1 },
  conditional: false,
  requestOf: ({ page, cursor, offset }) => ({
    url: addressOf(baseUrl, '/jobs/api', {
      limit: String(PAGE_SIZE),
      cursor,
      offset: offset === undefined ? undefined : String(offset),
    }),
    part: `page ${page}`,
  }),
  itemsOf: (body) => asArray(asObject(body)?.['jobs']),
  nextOf: ({ page, cursor: last }, body) => {
    const answer = asObject(body);
    const cursor = asLine(answer?.['nextCursor'], 500);
    if (cursor !== null) return cursor === last ? null : { page: page + 1, cursor };
    const offset = asNumber(answer?.['offset']);
    const total = asNumber(answer?.['totalCount']);
    if (offset === null || total === null || offset + PAGE_SIZE >= total) return null;
    return { page: page + 1, offset: offset + PAGE_SIZE };
  },
});
