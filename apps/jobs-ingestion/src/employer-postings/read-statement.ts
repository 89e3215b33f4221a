import { CUSTOM_SOURCE } from '#contracts';
import { type FieldProblem, invalid } from '#kernel';
import type { IncomingPosting } from '../ingestion/domain/plan-batch.js';
import { incomingPosting } from '../ingestion/posting-row.js';
import { enrich, type NormalisedPosting } from '../normalise/index.js';
import { statedSalary } from '../salary/domain/salary.js';
import { skillNameOf } from '../skills/domain/extract-skills.js';
import { toPosting } from '../sources/index.js';
import { problemsOf, type Statement } from './domain/statement.js';

/**
 * A statement read like a posting of any source: sanitised, and what it leaves out taken from its text. What the
 * employer says outright is not second-guessed. Throws a 422 that names the fields.
 */
export function readStatement(statement: Statement, id: string, now: Date): IncomingPosting {
  const problems = problemsOf(statement, now);
  if (problems.length > 0) throw invalid(problems);
  return readKept(statement, id, now);
}

/** One that was taken before; its day may have passed since. */
export function readKept(statement: Statement, id: string, now: Date): IncomingPosting {
  const posting = normalised(statement, id, now);
  const read = enrich(posting);
  const said = (statement.skills ?? []).map((skill) => skillNameOf(skill) ?? skill.trim()).filter((one) => one !== '');
  return incomingPosting({
    ...read,
    level: statement.experience_level ?? read.level,
    skills: [...new Set([...said, ...read.skills])],
  });
}

function normalised(statement: Statement, id: string, now: Date): NormalisedPosting {
  const offers = statement.visa_sponsorship;
  const posting = toPosting(
    {
      sourceId: id,
      // As a board that lists it until it is withdrawn: silence does not close it.
      board: CUSTOM_SOURCE,
      title: statement.title,
      company: statement.company,
      companyLogo: statement.company_logo,
      locationText: statement.location,
      statedCountry: statement.country,
      remote: statement.remote_option,
      employmentType: statement.employment_type,
      levelHint: statement.experience_level,
      salary: statedSalary({
        min: statement.salary_min,
        max: statement.salary_max,
        currency: statement.currency,
        period: statement.salary_period ?? 'year',
      }),
      description: statement.description,
      postedAt: now.toISOString(),
      expiresAt: statement.expires_at,
      applyUrl: statement.url,
      visaFlag:
        offers === null
          ? null
          : {
              says: offers ? 'offers' : 'refuses',
              basis: 'employer',
              statement: `stated by the employer: visa_sponsorship ${offers}`,
            },
      raw: null,
    },
    { source: CUSTOM_SOURCE, attribution: null, now },
  );
  if ('reason' in posting) throw invalid(unreadable(posting.reason));
  if (posting.descriptionText === '') throw invalid(unreadable('no description'));
  return posting;
}

/** Letters are left once markup and control characters are gone, or there is nothing to show. */
const unreadable = (reason: string): FieldProblem[] => [
  { field: reason.replace(/^no /, ''), message: 'must have text that can be read' },
];
