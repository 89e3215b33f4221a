import { Controller } from '@nestjs/common';
import {
  type Bookmark,
  bookmarkJob,
  listBookmarks,
  type ListBookmarksRequest,
  type Static,
  unbookmarkJob,
} from '#contracts';
import { type RawJson, Rpc, type RpcContext } from '#messaging';
import { BookmarkService } from './bookmark.service.js';

@Controller()
export class BookmarkRpcController {
  constructor(private readonly bookmarks: BookmarkService) {}

  @Rpc(bookmarkJob)
  bookmark(request: Static<typeof bookmarkJob.request>, context: RpcContext): Promise<Bookmark> {
    return this.bookmarks.bookmark(request, context);
  }

  @Rpc(unbookmarkJob)
  async unbookmark(request: { posting_id: string }, context: RpcContext): Promise<Record<string, never>> {
    await this.bookmarks.unbookmark(request.posting_id, context);
    return {};
  }

  @Rpc(listBookmarks)
  list(request: ListBookmarksRequest, context: RpcContext): Promise<RawJson> {
    return this.bookmarks.list(request, context);
  }
}
