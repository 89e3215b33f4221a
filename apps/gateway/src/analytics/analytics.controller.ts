import { Controller } from '@nestjs/common';
import { getAnalyticsFunnel, getAnalyticsSummary } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import { getAnalyticsFunnelOperation, getAnalyticsSummaryOperation } from './analytics.operations.js';

@Controller()
export class AnalyticsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(getAnalyticsSummaryOperation)
  summary(_input: OperationInput<typeof getAnalyticsSummaryOperation>, call: Call) {
    return this.rpc.callRaw(getAnalyticsSummary, {}, call.context);
  }

  @Endpoint(getAnalyticsFunnelOperation)
  funnel(_input: OperationInput<typeof getAnalyticsFunnelOperation>, call: Call) {
    return this.rpc.callRaw(getAnalyticsFunnel, {}, call.context);
  }
}
