import { Inject, Injectable } from '@nestjs/common';
import { type ImportedPosting, type ImportPostingsRequest, type ImportPostingsResponse } from '#contracts';
import type { Clock } from '#kernel';
import type { RpcContext } from '#messaging';
import { CLOCK } from '#platform';
import type { NormalisedPosting } from '../normalise/domain/posting.js';
import { statedSalary } from '../salary/domain/salary.js';
import { toPosting } from '../sources/index.js';
import { readAll } from './read-all.js';
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
      const posting = postingOf(imported, now);
      if ('reason' in posting) rejected.push({ index, source_id: imported.source_id, reason: posting.reason });
      else accepted.push(posting);
    });
    const counts = await this.ingestion.ingest(await readAll(accepted), { runId: null, requestId: context.requestId });
    return {
      counts: { ...counts, fetched: counts.fetched + rejected.length, rejected: rejected.length },
      rejected,
    };
  }
}

const postingOf = (imported: ImportedPosting, now: Date): ReturnType<typeof toPosting> =>
  toPosting(
    {
      sourceId: imported.source_id,
      title: imported.title,
      company: imported.company,
      locationText: imported.location,
      statedCountry: imported.country ?? null,
      remote: imported.remote ?? null,
      employmentType: imported.employment_type ?? null,
      levelHint: imported.experience_level ?? null,
      salary: statedSalary({
        min: imported.salary_min ?? null,
        max: imported.salary_max ?? null,
        currency: imported.currency ?? null,
        period: imported.salary_period ?? null,
      }),
      visaFlag:
        imported.visa_sponsorship == null
          ? null
          : {
              says: imported.visa_sponsorship ? 'offers' : 'refuses',
              basis: 'field',
              statement: `visa_sponsorship: ${imported.visa_sponsorship}`,
            },
      tags: imported.tags,
      description: imported.description,
      postedAt: imported.posted_at,
      expiresAt: imported.expires_at,
      applyUrl: imported.url,
      raw: null,
    },
    { source: imported.source, attribution: null, now },
  );
