import { Inject, Injectable } from '@nestjs/common';
import type { JobMatchResponse, MatchExplanation, RecommendJobsRequest } from '#contracts';
import { type Clock, notFound } from '#kernel';
import { RawJson, type RpcContext } from '#messaging';
import { Database } from '#persistence';
import { CachedValues, CLOCK } from '#platform';
import type { StoredProfile } from '../matching/match-profile.repository.js';
import { MatchingService } from '../matching/matching.service.js';
import { explain } from './domain/explanation.js';
import { matchScore, WELL_FOUNDED } from './domain/match-score.js';
import { diversify } from './domain/diversify.js';
import { OpeningRepository, type StoredOpening } from './opening.repository.js';

const PER_COMPANY = 3;
/** The longest list anybody may ask for, and some more for postings that close meanwhile. */
const KEPT = 120;
const CACHE_MS = 15 * 60_000;

interface Scored {
  id: string;
  companyKey: string;
  score: number;
  explanation: MatchExplanation;
}

@Injectable()
export class RecommendationService {
  /**
   * What was computed, by person and version of the profile: a changed profile misses on every replica as soon as its
   * event is stored, without a message to the others.
   */
  private readonly cache = new CachedValues<Scored[]>({ maxEntries: 2_000, ttlMs: CACHE_MS });

  constructor(
    private readonly database: Database,
    private readonly matching: MatchingService,
    private readonly openings: OpeningRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async recommend(userId: string, request: RecommendJobsRequest, context: RpcContext): Promise<RawJson> {
    const profile = await this.matching.profileOf(userId, context);
    if (profile === null) {
      return answer([], null, 'Tell us your skills and places in your profile (PUT /users/me) to get recommendations.');
    }
    const wanted = (await this.scored(profile)).filter(({ score }) => score >= (request.min_score ?? 30));
    const shown = wanted.slice(0, request.limit ?? 20);
    const items = await this.openings.listItems(
      this.database,
      shown.map(({ id }) => id),
      userId,
    );
    const entries = shown.flatMap(({ id, score, explanation }) => {
      const job = items.get(id);
      if (job === undefined) return [];
      return [`{"job":${job},"match_score":${score},"explanation":${JSON.stringify(explanation)}}`];
    });
    const note =
      profile.person.skillKeys.length === 0 ? 'Add skills to your profile: they weigh most in the score.' : null;
    return answer(entries, profile.version, note);
  }

  async match(userId: string, postingId: string, context: RpcContext): Promise<JobMatchResponse> {
    const [posting] = await this.openings.byIds(this.database, [postingId], this.clock.now());
    if (posting === undefined) throw notFound('Job');
    const profile = (await this.matching.profileOf(userId, context)) ?? emptyProfile(userId);
    const { score, explanation } = scoreOf(profile, posting);
    const known = explanation.unknown.length < Object.keys(explanation.score_breakdown).length;
    return {
      job_id: postingId,
      match_score: known ? score : null,
      explanation,
      reasons: reasonsOf(explanation),
      skills_to_learn: explanation.missing_skills,
    };
  }

  private scored(profile: StoredProfile): Promise<Scored[]> {
    return this.cache.get(`${profile.userId}:${profile.version}`, () => this.compute(profile));
  }

  private async compute(profile: StoredProfile): Promise<Scored[]> {
    const candidates = await this.openings.candidates(this.database, profile, this.clock.now());
    const scored = candidates
      .map((posting) => scoreOf(profile, posting))
      .sort(
        (a, b) =>
          Number(isWellFounded(b)) - Number(isWellFounded(a)) ||
          b.score - a.score ||
          // Ids break ties, so that the list is the same on every replica.
          (a.id < b.id ? 1 : -1),
      );
    return diversify(scored, ({ companyKey }) => companyKey, PER_COMPANY).slice(0, KEPT);
  }
}

const isWellFounded = ({ explanation }: Scored): boolean => explanation.known_weight >= WELL_FOUNDED;

function scoreOf(profile: StoredProfile, posting: StoredOpening): Scored {
  const score = matchScore(profile.person, posting.opening);
  return {
    id: posting.id,
    companyKey: posting.companyKey,
    score: score.score,
    explanation: explain(score, profile.person, profile.visaNeeded, posting),
  };
}

const emptyProfile = (userId: string): StoredProfile => ({
  userId,
  version: 0,
  visaNeeded: null,
  person: {
    skillKeys: [],
    level: null,
    years: null,
    places: [],
    remote: null,
    salaryMin: null,
    salaryMax: null,
    currency: null,
  },
});

function reasonsOf(explanation: MatchExplanation): string[] {
  const { matching_skills: matching, missing_skills: missing } = explanation;
  const asked = matching.length + missing.length;
  const skills =
    asked === 0
      ? 'The posting names no skills we recognise.'
      : `You have ${matching.length} of ${asked} skills it asks for.`;
  return [
    skills,
    explanation.location_match,
    explanation.experience_match,
    explanation.salary_match,
    explanation.visa.note,
  ];
}

const answer = (entries: readonly string[], version: number | null, note: string | null): RawJson =>
  RawJson.from(
    `{"recommendations":[${entries.join(',')}],"total":${entries.length},` +
      `"profile_version":${JSON.stringify(version)},"note":${JSON.stringify(note)}}`,
  );
