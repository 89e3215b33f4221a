import type { CreatePostingBody, UpdatePostingBody } from '#contracts';
import type { FieldProblem } from '#kernel';
import { parseHttpUrl } from '../../normalise/domain/canonical-url.js';

const DAY_MS = 86_400_000;
/** An opening nobody looks after is not left open for ever. */
export const OPEN_DAYS = 90;
const LONGEST_DAYS = 366;

/** All an employer can say of an opening; null where he says nothing. */
export type Statement = Required<CreatePostingBody> & { expires_at: string };

export const statementOf = (body: CreatePostingBody, now: Date): Statement => ({
  title: body.title,
  company: body.company,
  description: body.description,
  location: body.location ?? null,
  country: body.country ?? null,
  remote_option: body.remote_option ?? null,
  employment_type: body.employment_type ?? null,
  experience_level: body.experience_level ?? null,
  salary_min: body.salary_min ?? null,
  salary_max: body.salary_max ?? null,
  currency: body.currency ?? null,
  salary_period: body.salary_period ?? null,
  visa_sponsorship: body.visa_sponsorship ?? null,
  skills: body.skills ?? null,
  benefits: body.benefits ?? null,
  url: body.url ?? null,
  company_logo: body.company_logo ?? null,
  expires_at: body.expires_at ?? new Date(now.getTime() + OPEN_DAYS * DAY_MS).toISOString(),
});

/** What is absent stays, null clears. */
export const changedStatement = (old: Statement, changes: Omit<UpdatePostingBody, 'version'>, now: Date): Statement =>
  statementOf({ ...old, ...changes }, now);

/** What no shape can say: how the fields fit together. */
export function problemsOf(statement: Statement, now: Date): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { salary_min: min, salary_max: max, currency } = statement;
  if (min !== null && max !== null && min > max) {
    problems.push({ field: 'salary_max', message: `must be at least salary_min (${min})` });
  }
  if ((min !== null || max !== null) && currency === null) {
    problems.push({ field: 'currency', message: 'is needed with an amount' });
  }
  for (const field of ['url', 'company_logo'] as const) {
    const address = statement[field];
    if (address !== null && parseHttpUrl(address) === null) {
      problems.push({ field, message: 'must be an address that begins with https:// or http://' });
    }
  }
  const aheadMs = Date.parse(statement.expires_at) - now.getTime();
  if (!(aheadMs > 0 && aheadMs <= LONGEST_DAYS * DAY_MS)) {
    problems.push({ field: 'expires_at', message: `must lie ahead, and at most ${LONGEST_DAYS} days` });
  }
  return problems;
}
