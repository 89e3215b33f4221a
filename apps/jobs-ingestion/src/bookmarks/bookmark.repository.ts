import { Injectable } from '@nestjs/common';
import type { Bookmark } from '#contracts';
import type { Database, Tx } from '#persistence';
import { jobJson, jobMembers } from '../search/queries/job-json.js';

const BOOKMARK_JSON = `json_build_object('job_id', b.posting_id, 'notes', b.notes, 'created_at', iso(b.created_at),
  'job', ${jobJson(jobMembers('true'))})`;

@Injectable()
export class BookmarkRepository {
  /** Answers whether it is new; notes that are not given stay as they are. Null: there is no such posting. */
  async set(
    tx: Tx,
    bookmark: { userId: string; postingId: string; notes: string | null | undefined; now: Date },
  ): Promise<{ isNew: boolean; bookmark: Bookmark } | null> {
    const [set] = await tx.query<{ is_new: boolean }>(
      'bookmarks.set',
      // xmax is 0 only in a row that this very statement inserted.
      `INSERT INTO bookmark AS b (user_id, posting_id, notes, created_at)
       SELECT $1::uuid, p.id, $3::text, $5::timestamptz FROM posting p WHERE p.id = $2::uuid
       ON CONFLICT (user_id, posting_id) DO UPDATE SET notes = CASE WHEN $4::boolean THEN excluded.notes ELSE b.notes END
       RETURNING xmax = 0 AS is_new`,
      [bookmark.userId, bookmark.postingId, bookmark.notes ?? null, bookmark.notes !== undefined, bookmark.now],
    );
    if (set === undefined) return null;
    const [row] = await tx.query<{ bookmark: Bookmark }>(
      'bookmarks.get',
      `SELECT ${BOOKMARK_JSON} AS bookmark FROM bookmark b JOIN posting p ON p.id = b.posting_id
       WHERE b.user_id = $1::uuid AND b.posting_id = $2::uuid`,
      [bookmark.userId, bookmark.postingId],
    );
    return row === undefined ? null : { isNew: set.is_new, bookmark: row.bookmark };
  }

  async remove(tx: Tx, userId: string, postingId: string): Promise<boolean> {
    const removed = await tx.query(
      'bookmarks.remove',
      'DELETE FROM bookmark WHERE user_id = $1::uuid AND posting_id = $2::uuid RETURNING posting_id',
      [userId, postingId],
    );
    return removed.length > 0;
  }

  /** Newest first; closed postings stay, marked by what they are. A person keeps hundreds at most, so all are counted. */
  async list(database: Database, userId: string, page: number, perPage: number): Promise<string> {
    return database.queryText(
      'bookmarks.list',
      `SELECT json_build_object('total', t.n, 'page', $2::int, 'per_page', $3::int,
         'total_pages', ceil(t.n / $3::numeric)::int,
         'bookmarks', coalesce((
           SELECT json_agg(${BOOKMARK_JSON} ORDER BY b.created_at DESC, b.posting_id DESC)
           FROM (SELECT * FROM bookmark WHERE user_id = $1::uuid
                 ORDER BY created_at DESC, posting_id DESC LIMIT $3 OFFSET ($2::int - 1) * $3::int) b
           JOIN posting p ON p.id = b.posting_id), '[]'::json))::text
       FROM (SELECT count(*)::int AS n FROM bookmark WHERE user_id = $1::uuid) t`,
      [userId, page, perPage],
    );
  }
}
