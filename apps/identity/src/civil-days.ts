import { type FieldProblem, invalid } from '#kernel';

/** Years a calendar date of a person may have. PostgreSQL knows no year 0, and nobody means the year 20026. */
const FIRST = '1900-01-01';
const LAST = '2199-12-31';

/** Refuses, by public name of the field, dates that are on no calendar of ours. What is not told is not looked at. */
export function assertCivilDays(fields: Readonly<Record<string, string | null | undefined>>): void {
  const problems: FieldProblem[] = [];
  for (const [field, day] of Object.entries(fields)) {
    if (day != null && (day < FIRST || day > LAST)) {
      problems.push({ field, message: `must be between ${FIRST} and ${LAST}` });
    }
  }
  if (problems.length > 0) throw invalid(problems);
}
