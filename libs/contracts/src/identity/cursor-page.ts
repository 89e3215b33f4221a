import { Line, Nullable, PageQuery, Type } from '../schema.js';

/** `?page&per_page`, or from where the page before ended. */
export const CursorQuery = {
  ...PageQuery,
  cursor: Type.Optional(
    Line(1, 200, { description: '`next_cursor` of the page before; `page` is not looked at then.' }),
  ),
};

/** Head of a page that goes on by cursor; the rows stand beside it under their plural. */
export const cursorHead = {
  total: Type.Integer({ minimum: 0 }),
  total_is_estimate: Type.Optional(Type.Boolean({ description: 'There are more than were counted.' })),
  page: Type.Integer({ minimum: 1 }),
  per_page: Type.Integer({ minimum: 1 }),
  total_pages: Type.Integer({ minimum: 0 }),
  next_cursor: Nullable(Type.String({ description: 'Null on the last page.' })),
};
