import { defineRpc } from '../define.js';
import { Closed, Empty, Nullable, Page, PageQuery, type Static, Text, Timestamp, Type, Uuid } from '../schema.js';
import { JobListItem } from './posting.js';

export const BookmarkNotes = Type.Optional(Nullable(Text(2_000)));

export const Bookmark = Closed({
  job_id: Uuid(),
  notes: Nullable(Type.String()),
  created_at: Timestamp(),
  job: JobListItem,
});
export type Bookmark = Static<typeof Bookmark>;

export const bookmarkJob = defineRpc('jobs-ingestion', 'bookmark.set', {
  request: Closed({ posting_id: Uuid(), notes: BookmarkNotes }),
  response: Bookmark,
  idempotent: true,
});
export const unbookmarkJob = defineRpc('jobs-ingestion', 'bookmark.remove', {
  request: Closed({ posting_id: Uuid() }),
  response: Empty,
});
export const ListBookmarksRequest = Closed({ ...PageQuery });
export type ListBookmarksRequest = Static<typeof ListBookmarksRequest>;
export const listBookmarks = defineRpc('jobs-ingestion', 'bookmark.list', {
  request: ListBookmarksRequest,
  response: Page('bookmarks', Bookmark),
});
