import { Controller } from '@nestjs/common';
import { suggestJobs, type SuggestJobsRequest } from '#contracts';
import { type RawJson, Rpc } from '#messaging';
import { SuggestionsService } from './suggestions.service.js';

@Controller()
export class SuggestionsRpcController {
  constructor(private readonly suggestions: SuggestionsService) {}

  @Rpc(suggestJobs)
  suggestJobs(request: SuggestJobsRequest): Promise<RawJson> {
    return this.suggestions.suggest(request);
  }
}
