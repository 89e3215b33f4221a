import { Inject, Injectable } from '@nestjs/common';
import { PostingClosedV1 } from '#contracts';
import type { Clock } from '#kernel';
import { Outbox } from '#messaging';
import { Database, type Tx } from '#persistence';
import { CLOCK } from '#platform';
import { IngestionTurn } from '../ingestion/ingestion-turn.js';
import { WhoseWordsRepository } from '../ingestion/whose-words.repository.js';
import { EmployerPostingRepository, type Standing } from './employer-posting.repository.js';
import { SpeakerService } from './speaker.service.js';

/**
 * Ends what an employer said of an opening. He can take back his own words and nothing else: an opening some source
 * lists is not closed by it for good.
 */
@Injectable()
export class WithdrawalService {
  constructor(
    private readonly database: Database,
    private readonly turn: IngestionTurn,
    private readonly outbox: Outbox,
    private readonly whoseWords: WhoseWordsRepository,
    private readonly postings: EmployerPostingRepository,
    private readonly speaker: SpeakerService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In a transaction that has the turn of ingestion. */
  async withdraw(tx: Tx, standing: Standing, reason: 'gone' | 'admin', requestId?: string): Promise<void> {
    const { id, postingId, replaced, speaks } = standing;
    const now = this.clock.now();
    const isListed = await this.postings.isListedElsewhere(tx, postingId, now);
    let isClosed: boolean;
    if (!speaks || replaced !== null) {
      await this.postings.forget(tx, id);
      const changed = replaced === null ? [] : await this.speaker.giveBack(tx, postingId, replaced);
      await this.speaker.settle(tx, postingId, { changed: [...changed, 'employer_confirmed'], requestId });
      const isShown = isListed || (await this.postings.standings(tx, postingId)).length > 0;
      isClosed = !isShown && (await this.postings.close(tx, postingId, 'gone', now));
    } else if (isListed) {
      // These words were the first. Until the source is read again there are no others, so it is closed till then.
      await this.postings.markWithdrawn(tx, id, now);
      await this.postings.forgetSighting(tx, id);
      await this.whoseWords.promote(tx, [postingId], { anew: true });
      isClosed = await this.postings.close(tx, postingId, 'gone', now);
    } else {
      await this.postings.markWithdrawn(tx, id, now);
      isClosed = await this.postings.close(tx, postingId, 'withdrawn', now);
    }
    if (!isClosed) return;
    await this.outbox.add(tx, PostingClosedV1, { posting_id: postingId, reason }, { subject: postingId, requestId });
  }

  /** Words that ran out while the opening goes on without them must not take it along. Answers how many. */
  async endLapsed(): Promise<number> {
    const lapsed = await this.postings.lapsed(this.database, this.clock.now());
    for (const { id, postingId } of lapsed) {
      await this.turn.take(async (tx) => {
        await this.postings.lock(tx, postingId);
        const standing = (await this.postings.standings(tx, postingId)).find((one) => one.id === id);
        // Changed or withdrawn since it was looked for.
        if (standing === undefined || Date.parse(standing.statement.expires_at) > this.clock.now().getTime()) return;
        await this.withdraw(tx, standing, 'gone');
      });
    }
    return lapsed.length;
  }
}
