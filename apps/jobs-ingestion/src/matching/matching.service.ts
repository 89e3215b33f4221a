import { Inject, Injectable } from '@nestjs/common';
import { getMatchProfile, MatchFoundV1, type MatchProfile, RefreshMatchProfileV1 } from '#contracts';
import type { Clock } from '#kernel';
import { type EventContext, Outbox, RpcClient, type RpcContext, type WorkContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { JobsOwnSettings } from '../config.js';
import { matchScore, WELL_FOUNDED } from '../recommendations/domain/match-score.js';
import { OpeningRepository, type StoredOpening } from '../recommendations/opening.repository.js';
import { MatchProfileRepository, type StoredProfile } from './match-profile.repository.js';
import { type FoundMatch, UserMatchRepository } from './user-match.repository.js';
import { JOBS_SETTINGS } from '../tokens.js';

/** People scored per new posting, those with the most shared skills first. */
const PEOPLE_PER_POSTING = 500;
/** Told at once when a profile is new or changed; the rest is in the recommendations. */
const MATCHES_PER_PROFILE = 10;

/** Tells people about postings that fit them well, once per person and posting. */
@Injectable()
export class MatchingService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly rpc: RpcClient,
    private readonly profiles: MatchProfileRepository,
    private readonly openings: OpeningRepository,
    private readonly matches: UserMatchRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JOBS_SETTINGS) private readonly settings: JobsOwnSettings,
  ) {}

  async matchPostings(postingIds: readonly string[], context: WorkContext): Promise<void> {
    const now = this.clock.now();
    await this.unitOfWork.run(async (tx) => {
      const pairs = await this.profiles.pairsFor(tx, postingIds, PEOPLE_PER_POSTING);
      const postings = new Map((await this.openings.byIds(tx, postingIds, now)).map((one) => [one.id, one]));
      const found = pairs.flatMap(({ postingId, profile }) => {
        const posting = postings.get(postingId);
        return posting === undefined ? [] : this.matchOf(profile, posting);
      });
      await this.tell(tx, found, context.requestId);
      await context.done(tx);
    });
  }

  /** Nothing is asked while a transaction is open, so asking is work of its own. */
  async profileChanged(userId: string, eventId: string, { tx, requestId }: EventContext): Promise<void> {
    const facts = { subject: userId, requestId, causationId: eventId };
    await this.outbox.add(tx, RefreshMatchProfileV1, { user_id: userId }, facts);
  }

  /**
   * The profile as matching has it; asked for where it has not come yet, so that a person's next click does not find
   * nobody. Null where there is none.
   */
  async profileOf(userId: string, { requestId, traceparent }: RpcContext): Promise<StoredProfile | null> {
    const known = await this.profiles.find(this.database, userId);
    if (known !== null) return known;
    const { profile } = await this.rpc.call(getMatchProfile, { user_id: userId }, { requestId, traceparent });
    if (profile === null) return null;
    return this.unitOfWork.run(async (tx) => {
      await this.updateProfile(tx, profile, requestId);
      return this.profiles.find(tx, userId);
    });
  }

  async refreshProfile(userId: string, context: WorkContext): Promise<void> {
    const { requestId, traceparent } = context;
    const { profile } = await this.rpc.call(getMatchProfile, { user_id: userId }, { requestId, traceparent });
    await this.unitOfWork.run(async (tx) => {
      if (profile !== null) await this.updateProfile(tx, profile, requestId);
      await context.done(tx);
    });
  }

  /** Keeps the newest profile, and looks once through what is open: a new person need not wait for new postings. */
  private async updateProfile(tx: Tx, profile: MatchProfile, requestId: string): Promise<void> {
    const now = this.clock.now();
    if (!(await this.profiles.store(tx, profile, now))) return;
    const stored = await this.profiles.find(tx, profile.user_id);
    if (stored === null || stored.person.skillKeys.length === 0) return;
    const found = (await this.openings.candidates(tx, stored, now))
      .flatMap((posting) => this.matchOf(stored, posting))
      .sort((a, b) => b.score - a.score)
      .slice(0, MATCHES_PER_PROFILE);
    await this.tell(tx, found, requestId);
  }

  private matchOf(profile: StoredProfile, posting: StoredOpening): FoundMatch[] {
    const { score, breakdown, knownWeight } = matchScore(profile.person, posting.opening);
    // The right city alone is no match, however little else is known.
    if (score < this.settings.MATCH_MIN_SCORE || breakdown.skill_match === null || knownWeight < WELL_FOUNDED)
      return [];
    if (profile.visaNeeded === true && posting.visa === 'no') return [];
    return [{ userId: profile.userId, postingId: posting.id, title: posting.title, company: posting.company, score }];
  }

  private async tell(tx: Tx, found: readonly FoundMatch[], requestId: string): Promise<void> {
    const fresh = await this.matches.insertNew(tx, found, this.clock.now());
    await this.outbox.addMany(
      tx,
      MatchFoundV1,
      fresh.map(({ userId, postingId, title, company, score }) => ({
        data: { user_id: userId, posting_id: postingId, title, company, score },
        subject: userId,
        requestId,
      })),
    );
  }
}
