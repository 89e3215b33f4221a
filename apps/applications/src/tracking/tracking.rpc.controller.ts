import { Controller } from '@nestjs/common';
import {
  createApplication,
  deleteApplication,
  getApplication,
  getApplicationStats,
  getApplicationTimeline,
  listApplications,
  reopenApplication,
  type RpcContract,
  type Static,
  updateApplication,
} from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { TrackingService } from './tracking.service.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class TrackingRpcController {
  constructor(private readonly tracking: TrackingService) {}

  @Rpc(createApplication)
  create(request: Request<typeof createApplication>, context: RpcContext) {
    return this.tracking.create(callerId(context), request, context);
  }

  @Rpc(listApplications)
  list(request: Request<typeof listApplications>, context: RpcContext) {
    return this.tracking.list(callerId(context), request);
  }

  @Rpc(getApplication)
  get(request: Request<typeof getApplication>, context: RpcContext) {
    return this.tracking.get(callerId(context), request.application_id);
  }

  @Rpc(updateApplication)
  update(request: Request<typeof updateApplication>, context: RpcContext) {
    return this.tracking.update(callerId(context), request.application_id, request.changes, context);
  }

  @Rpc(deleteApplication)
  async delete(request: Request<typeof deleteApplication>, context: RpcContext) {
    await this.tracking.delete(callerId(context), request.application_id, context);
    return {};
  }

  @Rpc(reopenApplication)
  reopen(request: Request<typeof reopenApplication>, context: RpcContext) {
    return this.tracking.reopen(callerId(context), request.application_id, context);
  }

  @Rpc(getApplicationTimeline)
  timeline(request: Request<typeof getApplicationTimeline>, context: RpcContext) {
    return this.tracking.timeline(callerId(context), request.application_id);
  }

  @Rpc(getApplicationStats)
  stats(_request: Request<typeof getApplicationStats>, context: RpcContext) {
    return this.tracking.stats(callerId(context));
  }
}
