import { Controller } from '@nestjs/common';
import { createPosting, deletePosting, updatePosting } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  createPostingOperation,
  deletePostingOperation,
  updatePostingOperation,
} from './employer-postings.operations.js';

@Controller()
export class EmployerPostingsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(createPostingOperation)
  create({ body }: OperationInput<typeof createPostingOperation>, call: Call) {
    return this.rpc.callRaw(createPosting, body, call.context);
  }

  @Endpoint(updatePostingOperation)
  update({ params, body }: OperationInput<typeof updatePostingOperation>, call: Call) {
    return this.rpc.callRaw(updatePosting, { posting_id: params.id, ...body }, call.context);
  }

  @Endpoint(deletePostingOperation)
  async delete({ params }: OperationInput<typeof deletePostingOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deletePosting, { posting_id: params.id }, call.context);
  }
}
