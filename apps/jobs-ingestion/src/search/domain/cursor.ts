import { invalid } from '#kernel';

export type SortBy = 'relevance' | 'posted_date' | 'salary';

/**
 * Where a page ended: the sort it belongs to, the key of its last row, and the total that was counted on the first page,
 * so that it is neither counted again nor changes under the reader. Opaque to clients: base64url of a JSON array that
 * the search statement writes.
 */
export interface Cursor {
  sort: SortBy;
  descending: boolean;
  key: string | number;
  id: string;
  /** Postings made after the first page do not take part in a ranking (relevance only). */
  asOf: string | null;
  total: number;
  capped: boolean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:\d\d)?)$/;

export function readCursor(text: string, sort: SortBy, descending: boolean): Cursor {
  const refuse = () =>
    invalid([{ field: 'cursor', message: 'is not a `next_cursor` of this search with this sort_by and sort_order' }]);
  const parts = parse(text);
  if (parts?.length !== 7) throw refuse();
  const [sortedBy, direction, key, id, asOf, total, capped] = parts;
  const isKey = sort === 'posted_date' ? typeof key === 'string' && TIME.test(key) : typeof key === 'number';
  if (sortedBy !== sort || direction !== descending || !isKey) throw refuse();
  if (typeof id !== 'string' || !UUID.test(id)) throw refuse();
  if (asOf !== null && (typeof asOf !== 'string' || !UUID.test(asOf))) throw refuse();
  if ((sort === 'relevance') !== (asOf !== null)) throw refuse();
  if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 0 || typeof capped !== 'boolean')
    throw refuse();
  if (typeof key !== 'string' && typeof key !== 'number') throw refuse();
  return { sort, descending, key, id, asOf, total, capped };
}

function parse(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
