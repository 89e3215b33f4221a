import { Controller } from '@nestjs/common';
import { getAnalyticsFunnel, getAnalyticsSummary, type Static } from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { SummaryService } from './summary.service.js';

@Controller()
export class SummaryRpcController {
  constructor(private readonly summaries: SummaryService) {}

  @Rpc(getAnalyticsSummary)
  summary(_request: Static<typeof getAnalyticsSummary.request>, context: RpcContext) {
    return this.summaries.summary(callerId(context));
  }

  @Rpc(getAnalyticsFunnel)
  funnel(_request: Static<typeof getAnalyticsFunnel.request>, context: RpcContext) {
    return this.summaries.funnel(callerId(context));
  }
}
