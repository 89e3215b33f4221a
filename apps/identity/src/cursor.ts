import { invalid } from '#kernel';

interface CursorRequest {
  page?: number;
  per_page?: number;
  cursor?: string;
}

/** Where a page begins: behind the row with this id, or so many rows from the top. */
export interface CursorWindow {
  after: string | null;
  limit: number;
  offset: number;
}

/** Totals are counted this far; counting on costs more than the page itself. */
export const COUNTED = 1_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Newest first: ids are in order of creation, so the last id of a page is where the next one begins. */
export function cursorWindow(list: string, { page = 1, per_page = 20, cursor }: CursorRequest): CursorWindow {
  if (cursor === undefined) return { after: null, limit: per_page, offset: (page - 1) * per_page };
  const [name, id] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  if (name !== list || id === undefined || !UUID.test(id)) {
    throw invalid([{ field: 'cursor', message: 'is not a `next_cursor` of this list' }]);
  }
  return { after: id, limit: per_page, offset: 0 };
}

/** Head and rows of a page. `rows` holds one row more than asked for when there is more; `counted` ends at COUNTED + 1. */
export function cursorPage<Row>(
  list: string,
  { page = 1, per_page = 20 }: CursorRequest,
  counted: number,
  rows: readonly Row[],
  idOf: (row: Row) => string,
) {
  const shown = rows.slice(0, per_page);
  const last = shown.at(-1);
  const more = rows.length > per_page && last !== undefined;
  const total = Math.min(counted, COUNTED);
  const head = {
    total,
    ...(counted > COUNTED ? { total_is_estimate: true } : {}),
    page,
    per_page,
    total_pages: Math.ceil(total / per_page),
    next_cursor: more ? Buffer.from(`${list}:${idOf(last)}`).toString('base64url') : null,
  };
  return { head, shown };
}
