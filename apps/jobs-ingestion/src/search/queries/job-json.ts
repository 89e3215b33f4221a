import type { JobField } from '#contracts';

/**
 * The members of a job in a list, as SQL over `posting p`. Timestamps and amounts are written the way the rest of the
 * API writes them; what is unknown stays null.
 */
const MEMBERS: Record<Exclude<JobField, 'is_bookmarked'>, string> = {
  id: 'p.id',
  title: 'p.title',
  company: 'p.company',
  company_logo: 'p.company_logo',
  location: 'p.location',
  city: 'p.city',
  country: 'p.country',
  remote_option: 'p.remote_mode',
  salary_min: 'trim_scale(p.salary_min)',
  salary_max: 'trim_scale(p.salary_max)',
  currency: 'p.salary_currency',
  salary_period: 'p.salary_period',
  salary_is_estimated: 'CASE WHEN p.salary_currency IS NOT NULL THEN p.salary_is_estimated END',
  visa_sponsorship: `CASE p.visa_verdict WHEN 'yes' THEN true WHEN 'no' THEN false END`,
  visa: `json_build_object('verdict', p.visa_verdict, 'evidence', p.visa_evidence)`,
  skills: 'p.skills',
  experience_level: 'p.experience_level',
  employment_type: 'p.employment_type',
  language: 'p.language',
  description: 'p.excerpt',
  posted_date: `(p.posted_at AT TIME ZONE 'UTC')::date`,
  posted_at: 'iso(p.posted_at)',
  first_seen_at: 'iso(p.first_seen_at)',
  url: 'p.apply_url',
  source: 'p.source',
  // Of several who publish it here, that one of them speaks for the company.
  employer_confirmed: `(SELECT bool_or(e.confirmed) FROM employer_posting e
    WHERE e.posting_id = p.id AND e.withdrawn_at IS NULL)`,
};

/** `bookmarked`: SQL that tells whether the reader keeps this posting; nobody signed in keeps none. */
export const jobMembers = (bookmarked: string): Record<JobField, string> => ({ ...MEMBERS, is_bookmarked: bookmarked });

export const jobJson = (members: Record<string, string>, fields: readonly string[] = Object.keys(members)): string =>
  `json_build_object(${fields.map((field) => `'${field}', ${members[field] ?? 'NULL'}`).join(', ')})`;
