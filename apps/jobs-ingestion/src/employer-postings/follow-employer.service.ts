import { Inject, Injectable } from '@nestjs/common';
import { type EmployerCompaniesChangedV1, FollowEmployerV1, type Static } from '#contracts';
import type { Clock } from '#kernel';
import { type EventContext, Outbox, type WorkContext } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { IngestionTurn } from '../ingestion/ingestion-turn.js';
import { EmployerGrantRepository } from './employer-grant.repository.js';
import { EmployerPostingRepository } from './employer-posting.repository.js';
import { SpeakerService } from './speaker.service.js';

/** The postings of an employer follow what he may speak for. */
@Injectable()
export class FollowEmployerService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly turn: IngestionTurn,
    private readonly outbox: Outbox,
    private readonly grants: EmployerGrantRepository,
    private readonly postings: EmployerPostingRepository,
    private readonly speaker: SpeakerService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Also where he has no posting yet: one may be on its way to be stored by what he might do before. */
  async companiesChanged(
    { user_id: userId, version, companies }: Static<typeof EmployerCompaniesChangedV1.data>,
    eventId: string,
    { tx, requestId }: EventContext,
  ): Promise<void> {
    if (!(await this.grants.store(tx, { userId, version, companies }, this.clock.now()))) return;
    await this.outbox.add(
      tx,
      FollowEmployerV1,
      { user_id: userId },
      { subject: userId, requestId, causationId: eventId },
    );
  }

  async follow(userId: string, context: WorkContext): Promise<void> {
    const { signal, requestId } = context;
    // In its turn: whatever is being published just now is then there to be seen.
    const standings = await this.turn.take((tx) => this.postings.ofOwner(tx, userId), { signal });
    for (const { postingId } of standings) {
      signal.throwIfAborted();
      await this.turn.take((tx) => this.speaker.settle(tx, postingId, { requestId }), { signal });
    }
    await this.unitOfWork.run((tx) => context.done(tx));
  }

  /** What stood before there were companies to speak for, and what could not be given back then. Answers how many. */
  async settleUsurped(): Promise<number> {
    const usurped = await this.postings.usurped(this.database, this.clock.now());
    for (const postingId of usurped) await this.turn.take((tx) => this.speaker.settle(tx, postingId, {}));
    return usurped.length;
  }
}
