import { Controller } from '@nestjs/common';
import { getScrapeRun, importPostings, listJobSources, listScrapeRuns, startScrape, updateJobSource } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  getScrapeRunOperation,
  importPostingsOperation,
  listJobSourcesOperation,
  listScrapeRunsOperation,
  startScrapeOperation,
  updateJobSourceOperation,
} from './scraping.operations.js';

@Controller()
export class ScrapingController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(startScrapeOperation)
  start(input: OperationInput<typeof startScrapeOperation>, call: Call) {
    return this.rpc.callRaw(startScrape, input.body, call.context);
  }

  @Endpoint(listScrapeRunsOperation)
  list(input: OperationInput<typeof listScrapeRunsOperation>, call: Call) {
    return this.rpc.callRaw(listScrapeRuns, input.query, call.context);
  }

  @Endpoint(getScrapeRunOperation)
  get(input: OperationInput<typeof getScrapeRunOperation>, call: Call) {
    return this.rpc.callRaw(getScrapeRun, { run_id: input.params.id }, call.context);
  }

  @Endpoint(listJobSourcesOperation)
  sources(_input: OperationInput<typeof listJobSourcesOperation>, call: Call) {
    return this.rpc.callRaw(listJobSources, {}, call.context);
  }

  @Endpoint(updateJobSourceOperation)
  updateSource(input: OperationInput<typeof updateJobSourceOperation>, call: Call) {
    return this.rpc.callRaw(updateJobSource, { name: input.params.name, ...input.body }, call.context);
  }

  @Endpoint(importPostingsOperation)
  importPostings(input: OperationInput<typeof importPostingsOperation>, call: Call) {
    return this.rpc.callRaw(importPostings, input.body, call.context);
  }
}
