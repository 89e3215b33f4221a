import { Controller } from '@nestjs/common';
import {
  createPosting,
  type CreatePostingBody,
  deletePosting,
  type JobDetail,
  updatePosting,
  type UpdatePostingRequest,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { EmployerPostingsService } from './employer-postings.service.js';

@Controller()
export class EmployerPostingsRpcController {
  constructor(private readonly postings: EmployerPostingsService) {}

  @Rpc(createPosting)
  create(request: CreatePostingBody, context: RpcContext): Promise<JobDetail> {
    return this.postings.publish(request, context);
  }

  @Rpc(updatePosting)
  update(request: UpdatePostingRequest, context: RpcContext): Promise<JobDetail> {
    return this.postings.change(request, context);
  }

  @Rpc(deletePosting)
  async delete(request: { posting_id: string }, context: RpcContext): Promise<Record<string, never>> {
    await this.postings.withdraw(request.posting_id, context);
    return {};
  }
}
