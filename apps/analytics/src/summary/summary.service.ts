import { Inject, Injectable } from '@nestjs/common';
import type { AnalyticsFunnel, AnalyticsSummary } from '#contracts';
import type { Clock } from '#kernel';
import { Database } from '#persistence';
import { CLOCK } from '#platform';
import { CountsCache } from './counts-cache.js';
import { countFacts } from './count-facts.query.js';
import { toFunnel, toSummary } from './domain/summary.js';

@Injectable()
export class SummaryService {
  constructor(
    private readonly database: Database,
    private readonly cache: CountsCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async summary(userId: string): Promise<AnalyticsSummary> {
    const { counts, asOf } = await this.counted(userId);
    return toSummary(counts, asOf);
  }

  async funnel(userId: string): Promise<AnalyticsFunnel> {
    const { counts, asOf } = await this.counted(userId);
    return toFunnel(counts, asOf);
  }

  private counted(userId: string) {
    return this.cache.get(userId, async () => {
      const asOf = this.clock.now();
      return { counts: await countFacts(this.database, userId, asOf), asOf };
    });
  }
}
