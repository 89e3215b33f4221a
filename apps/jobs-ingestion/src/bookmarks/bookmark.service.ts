import { Inject, Injectable } from '@nestjs/common';
import {
  type Bookmark,
  bookmarkJob,
  type ListBookmarksRequest,
  PostingBookmarkedV1,
  PostingUnbookmarkedV1,
  type Static,
} from '#contracts';
import { type Clock, notFound } from '#kernel';
import { callerId, Idempotency, Outbox, RawJson, type RpcContext } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { BookmarkRepository } from './bookmark.repository.js';

@Injectable()
export class BookmarkService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
    private readonly bookmarks: BookmarkRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keeping a posting again only changes the notes. */
  bookmark(request: Static<typeof bookmarkJob.request>, context: RpcContext): Promise<Bookmark> {
    const userId = callerId(context);
    return this.idempotency.run(bookmarkJob, request, context, async (tx) => {
      const { posting_id: postingId, notes } = request;
      const set = await this.bookmarks.set(tx, { userId, postingId, notes, now: this.clock.now() });
      if (set === null) throw notFound('Job');
      if (set.isNew) {
        const data = { user_id: userId, posting_id: postingId };
        await this.outbox.add(tx, PostingBookmarkedV1, data, { subject: postingId, requestId: context.requestId });
      }
      return set.bookmark;
    });
  }

  async unbookmark(postingId: string, context: RpcContext): Promise<void> {
    const userId = callerId(context);
    await this.unitOfWork.run(async (tx) => {
      if (!(await this.bookmarks.remove(tx, userId, postingId))) throw notFound('Bookmark');
      const data = { user_id: userId, posting_id: postingId };
      await this.outbox.add(tx, PostingUnbookmarkedV1, data, { subject: postingId, requestId: context.requestId });
    });
  }

  async list({ page = 1, per_page: perPage = 20 }: ListBookmarksRequest, context: RpcContext): Promise<RawJson> {
    return RawJson.from(await this.bookmarks.list(this.database, callerId(context), page, perPage));
  }
}
