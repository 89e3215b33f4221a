import { Inject, Injectable } from '@nestjs/common';
import { BUS, type Bus, PeerCache } from '#messaging';
import { Logger } from '#platform';
import type { Counts } from './domain/summary.js';

/** Analytics are asked for often and change with the person's own acts; an act drops what was counted before it. */
const TTL_MS = 5 * 60_000;

/** The counts of one person, and when they were taken. */
@Injectable()
export class CountsCache extends PeerCache<{ counts: Counts; asOf: Date }> {
  constructor(@Inject(BUS) bus: Bus, logger: Logger) {
    super('analytics', 'counts', bus, logger, { ttlMs: TTL_MS, maxEntries: 5_000 });
  }
}
