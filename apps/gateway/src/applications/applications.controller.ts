import { Controller } from '@nestjs/common';
import {
  createApplication,
  deleteApplication,
  getApplication,
  getApplicationStats,
  getApplicationTimeline,
  listApplications,
  reopenApplication,
  updateApplication,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  createApplicationOperation,
  deleteApplicationOperation,
  getApplicationOperation,
  getApplicationStatsOperation,
  getApplicationTimelineOperation,
  listApplicationsOperation,
  reopenApplicationOperation,
  updateApplicationOperation,
} from './applications.operations.js';

@Controller()
export class ApplicationsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(createApplicationOperation)
  create(input: OperationInput<typeof createApplicationOperation>, call: Call) {
    return this.rpc.callRaw(createApplication, input.body, call.context);
  }

  @Endpoint(listApplicationsOperation)
  list(input: OperationInput<typeof listApplicationsOperation>, call: Call) {
    return this.rpc.callRaw(listApplications, input.query, call.context);
  }

  @Endpoint(getApplicationStatsOperation)
  stats(_input: OperationInput<typeof getApplicationStatsOperation>, call: Call) {
    return this.rpc.callRaw(getApplicationStats, {}, call.context);
  }

  @Endpoint(getApplicationOperation)
  get(input: OperationInput<typeof getApplicationOperation>, call: Call) {
    return this.rpc.callRaw(getApplication, { application_id: input.params.id }, call.context);
  }

  @Endpoint(updateApplicationOperation)
  update(input: OperationInput<typeof updateApplicationOperation>, call: Call) {
    return this.rpc.callRaw(updateApplication, { application_id: input.params.id, changes: input.body }, call.context);
  }

  @Endpoint(deleteApplicationOperation)
  async delete(input: OperationInput<typeof deleteApplicationOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteApplication, { application_id: input.params.id }, call.context);
  }

  @Endpoint(reopenApplicationOperation)
  reopen(input: OperationInput<typeof reopenApplicationOperation>, call: Call) {
    return this.rpc.callRaw(reopenApplication, { application_id: input.params.id }, call.context);
  }

  @Endpoint(getApplicationTimelineOperation)
  timeline(input: OperationInput<typeof getApplicationTimelineOperation>, call: Call) {
    return this.rpc.callRaw(getApplicationTimeline, { application_id: input.params.id }, call.context);
  }
}
