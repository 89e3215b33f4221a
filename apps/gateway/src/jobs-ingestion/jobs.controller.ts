import { Controller } from '@nestjs/common';
import {
  bookmarkJob,
  countFacets,
  getJob,
  listBookmarks,
  matchJob,
  recommendJobs,
  searchJobs,
  suggestJobs,
  unbookmarkJob,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  bookmarkJobOperation,
  countFacetsOperation,
  getJobOperation,
  listBookmarksOperation,
  matchJobOperation,
  recommendJobsOperation,
  saveJobOperation,
  searchJobsOperation,
  suggestJobsOperation,
  unbookmarkJobOperation,
} from './jobs.operations.js';

@Controller()
export class JobsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(searchJobsOperation)
  search(input: OperationInput<typeof searchJobsOperation>, call: Call) {
    return this.rpc.callRaw(searchJobs, input.query, call.context);
  }

  @Endpoint(suggestJobsOperation)
  suggest(input: OperationInput<typeof suggestJobsOperation>, call: Call) {
    return this.rpc.callRaw(suggestJobs, input.query, call.context);
  }

  @Endpoint(countFacetsOperation)
  facets(input: OperationInput<typeof countFacetsOperation>, call: Call) {
    return this.rpc.callRaw(countFacets, input.query, call.context);
  }

  @Endpoint(recommendJobsOperation)
  recommend(input: OperationInput<typeof recommendJobsOperation>, call: Call) {
    return this.rpc.callRaw(recommendJobs, input.query, call.context);
  }

  @Endpoint(listBookmarksOperation)
  bookmarks(input: OperationInput<typeof listBookmarksOperation>, call: Call) {
    return this.rpc.callRaw(listBookmarks, input.query, call.context);
  }

  @Endpoint(getJobOperation)
  get(input: OperationInput<typeof getJobOperation>, call: Call) {
    return this.rpc.callRaw(getJob, { posting_id: input.params.id }, call.context);
  }

  @Endpoint(matchJobOperation)
  match(input: OperationInput<typeof matchJobOperation>, call: Call) {
    return this.rpc.callRaw(matchJob, { posting_id: input.params.id }, call.context);
  }

  @Endpoint(bookmarkJobOperation)
  bookmark(input: OperationInput<typeof bookmarkJobOperation>, call: Call) {
    return this.rpc.callRaw(bookmarkJob, { posting_id: input.params.id, ...input.body }, call.context);
  }

  @Endpoint(saveJobOperation)
  save({ body: { job_id: postingId, ...rest } }: OperationInput<typeof saveJobOperation>, call: Call) {
    return this.rpc.callRaw(bookmarkJob, { posting_id: postingId, ...rest }, call.context);
  }

  @Endpoint(unbookmarkJobOperation)
  async unbookmark(input: OperationInput<typeof unbookmarkJobOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(unbookmarkJob, { posting_id: input.params.id }, call.context);
  }
}
