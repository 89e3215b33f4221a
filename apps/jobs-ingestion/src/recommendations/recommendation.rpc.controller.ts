import { Controller } from '@nestjs/common';
import { type JobMatchResponse, matchJob, recommendJobs, type RecommendJobsRequest } from '#contracts';
import { callerId, type RawJson, Rpc, type RpcContext } from '#messaging';
import { RecommendationService } from './recommendation.service.js';

@Controller()
export class RecommendationRpcController {
  constructor(private readonly recommendations: RecommendationService) {}

  @Rpc(recommendJobs)
  recommend(request: RecommendJobsRequest, context: RpcContext): Promise<RawJson> {
    return this.recommendations.recommend(callerId(context), request, context);
  }

  @Rpc(matchJob)
  match(request: { posting_id: string }, context: RpcContext): Promise<JobMatchResponse> {
    return this.recommendations.match(callerId(context), request.posting_id, context);
  }
}
