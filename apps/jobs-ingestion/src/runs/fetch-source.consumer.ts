import { Controller } from '@nestjs/common';
import { type Envelope, FetchSourceV1, type Static } from '#contracts';
import { OnCommand, type WorkContext } from '#messaging';
import { FetchSourceService } from './fetch-source.service.js';

@Controller()
export class FetchSourceConsumer {
  constructor(private readonly sources: FetchSourceService) {}

  /** Two at a time per replica: most of the time goes into waiting for other sites. */
  @OnCommand(FetchSourceV1, { concurrency: 2, ackWaitMs: 60_000, maxAttempts: 3 })
  fetchSource(command: Envelope<Static<typeof FetchSourceV1.data>>, context: WorkContext): Promise<void> {
    return this.sources.fetchSource(command.data, context);
  }
}
