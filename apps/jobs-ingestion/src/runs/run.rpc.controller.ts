import { Controller } from '@nestjs/common';
import {
  getScrapeRun,
  type JobSourceState,
  listJobSources,
  listScrapeRuns,
  type ScrapeRun,
  startScrape,
  type StartScrapeRequest,
  type StartScrapeResponse,
  type Static,
  updateJobSource,
} from '#contracts';
import { type RawJson, Rpc, type RpcContext } from '#messaging';
import { onlyAdmins } from '../only-admins.js';
import { RunService } from './run.service.js';

@Controller()
export class RunRpcController {
  constructor(private readonly runs: RunService) {}

  @Rpc(startScrape)
  start(request: StartScrapeRequest, context: RpcContext): Promise<StartScrapeResponse> {
    onlyAdmins(context);
    return this.runs.startByAdmin(request, context);
  }

  @Rpc(listScrapeRuns)
  list(request: Static<typeof listScrapeRuns.request>, context: RpcContext): Promise<RawJson> {
    onlyAdmins(context);
    return this.runs.list(request.page, request.per_page);
  }

  @Rpc(getScrapeRun)
  get(request: { run_id: string }, context: RpcContext): Promise<ScrapeRun> {
    onlyAdmins(context);
    return this.runs.get(request.run_id);
  }

  @Rpc(listJobSources)
  listSources(_request: object, context: RpcContext): Promise<{ sources: JobSourceState[] }> {
    onlyAdmins(context);
    return this.runs.listSources();
  }

  @Rpc(updateJobSource)
  updateSource(request: Static<typeof updateJobSource.request>, context: RpcContext): Promise<JobSourceState> {
    onlyAdmins(context);
    return this.runs.setEnabled(request.name, request.enabled);
  }
}
