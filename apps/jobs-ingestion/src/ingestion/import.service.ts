import { Inject, Injectable } from '@nestjs/common';
import { CUSTOM_SOURCE, type ImportPostingsRequest, type ImportPostingsResponse } from '#contracts';
import type { Clock } from '#kernel';
import type { RpcContext } from '#messaging';
import { CLOCK } from '#platform';
import type { NormalisedPosting } from '../normalise/domain/posting.js';
import { fromImported } from '../sources/index.js';
import { IngestionService } from './ingestion.service.js';

/** Postings of a file, read and stored like those of any source. */
@Injectable()
export class ImportService {
  constructor(
    private readonly ingestion: IngestionService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Needs no idempotency key: the natural keys of the postings make a repetition harmless. */
  async importPostings(request: ImportPostingsRequest, context: RpcContext): Promise<ImportPostingsResponse> {
    const now = this.clock.now();
    const accepted: NormalisedPosting[] = [];
    const rejected: ImportPostingsResponse['rejected'] = [];
    request.postings.forEach((imported, index) => {
      const posting =
        imported.source === CUSTOM_SOURCE
          ? { reason: `source: '${CUSTOM_SOURCE}' means published here by an employer; give it another name` }
          : fromImported(imported, now);
      if ('reason' in posting) rejected.push({ index, source_id: imported.source_id, reason: posting.reason });
      else accepted.push(posting);
    });
    const counts = await this.ingestion.ingest(accepted, { runId: null, requestId: context.requestId });
    return {
      counts: { ...counts, fetched: counts.fetched + rejected.length, rejected: rejected.length },
      rejected,
    };
  }
}
