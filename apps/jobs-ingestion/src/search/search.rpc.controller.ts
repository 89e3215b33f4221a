import { Controller } from '@nestjs/common';
import {
  countFacets,
  type CountFacetsRequest,
  getJob,
  getPostingSnapshot,
  searchJobs,
  type SearchJobsRequest,
} from '#contracts';
import { type RawJson, Rpc, type RpcContext } from '#messaging';
import { SearchService } from './search.service.js';

@Controller()
export class SearchRpcController {
  constructor(private readonly search: SearchService) {}

  @Rpc(searchJobs)
  searchJobs(request: SearchJobsRequest, context: RpcContext): Promise<RawJson> {
    return this.search.searchPostings(request, context.caller?.user_id ?? null);
  }

  @Rpc(countFacets)
  countFacets(request: CountFacetsRequest, context: RpcContext): Promise<RawJson> {
    return this.search.countFacets(request, context.caller?.user_id ?? null);
  }

  @Rpc(getJob)
  getJob(request: { posting_id: string }, context: RpcContext): Promise<RawJson> {
    return this.search.getPosting(request.posting_id, context.caller?.user_id ?? null);
  }

  @Rpc(getPostingSnapshot)
  getPostingSnapshot(request: { posting_id: string }): Promise<RawJson> {
    return this.search.getSnapshot(request.posting_id);
  }
}
