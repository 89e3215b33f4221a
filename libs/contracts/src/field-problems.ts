import type { TLocalizedValidationError } from 'typebox/error';
import { CountryCode, CurrencyCode, Line, Text, WebUrl } from './schema.js';

/** One wrong field: public path (`links.0.url`) and what would be right. The same shape as the kernel's FieldProblem. */
export interface SchemaProblem {
  field: string;
  message: string;
}

/** More tell nobody more; a hostile body must not become a long answer. */
const MOST_PROBLEMS = 50;

/**
 * Turns the validator's findings into sentences for the person who sent the value. The validator reports every branch
 * of a union, so branches that were never meant are taken out before.
 */
export function describeProblems(errors: readonly TLocalizedValidationError[], root: string): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const seen = new Set<string>();
  for (const error of withoutUnmeantBranches(errors)) {
    for (const problem of sentences(error, root)) {
      const key = `${problem.field}\n${problem.message}`;
      if (seen.has(key) || problems.length >= MOST_PROBLEMS) continue;
      seen.add(key);
      problems.push(problem);
    }
  }
  return problems;
}

interface Finding {
  error: TLocalizedValidationError;
  /** The value could also have been null. */
  orNull: boolean;
  /** Literals of a union, where the finding stands for the whole union. */
  oneOf?: unknown[];
}

function withoutUnmeantBranches(errors: readonly TLocalizedValidationError[]): Finding[] {
  let findings: Finding[] = errors
    // Comes twice: as the `false` schema and, named, as `additionalProperties`.
    .filter((error) => error.keyword !== 'boolean')
    .map((error) => ({ error, orNull: false }));
  // The validator reports inner unions before the ones around them, so one pass in its order resolves nested ones.
  for (const union of errors.filter((error) => error.keyword === 'anyOf')) {
    findings = resolveUnion(findings, union);
  }
  return findings;
}

function resolveUnion(findings: readonly Finding[], union: TLocalizedValidationError): Finding[] {
  const prefix = `${union.schemaPath}/anyOf/`;
  const isInside = ({ error }: Finding): boolean =>
    error.schemaPath.startsWith(prefix) && isAtOrBelow(error.instancePath, union.instancePath);
  const inside = findings.filter(isInside);
  const others = findings.filter((finding) => !isInside(finding) && finding.error !== union);
  const branches = new Map<string, Finding[]>();
  for (const finding of inside) {
    const branch = finding.error.schemaPath.slice(prefix.length).split('/', 1)[0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), finding]);
  }
  const isNullBranch = (branch: readonly Finding[]): boolean =>
    branch.every(({ error }) => error.keyword === 'type' && error.params.type === 'null');
  const meant = [...branches.values()].filter((branch) => !isNullBranch(branch));
  const orNull = meant.length < branches.size;
  const literals = meant.flatMap((branch) =>
    branch.flatMap(({ error }) =>
      error.keyword === 'const' && error.instancePath === union.instancePath ? [error.params.allowedValue] : [],
    ),
  );
  if (meant.length > 0 && literals.length === meant.length)
    return [...others, { error: union, orNull, oneOf: literals }];
  const best = closest(meant);
  return best === undefined
    ? [...others, { error: union, orNull }]
    : [...others, ...best.map((finding) => ({ ...finding, orNull: finding.orNull || orNull }))];
}

/** The branch the sender most likely meant: its discriminating constants fit, and the fewest things are wrong. */
function closest(branches: readonly Finding[][]): Finding[] | undefined {
  const constants = (branch: readonly Finding[]): number =>
    branch.filter(({ error }) => error.keyword === 'const' || error.keyword === 'type').length;
  return [...branches].sort((a, b) => constants(a) - constants(b) || a.length - b.length)[0];
}

const isAtOrBelow = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

function sentences(finding: Finding, root: string): SchemaProblem[] {
  const { error } = finding;
  const path = toField(error.instancePath);
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) => ({ field: below(name), message: 'is required' }));
  }
  if (error.keyword === 'additionalProperties') {
    return error.params.additionalProperties.map((name) => ({ field: below(name), message: 'is not a known field' }));
  }
  return [{ field: path === '' ? root : path, message: sentence(finding) }];
}

/** JSON pointer to the public path. */
const toField = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};
const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID',
  'date-time': 'must be a date with time and zone, e.g. 2026-11-20T10:00:00.000Z',
  date: 'must be a calendar date, e.g. 2026-11-20',
  time: 'must be a time of day, e.g. 10:00:00Z',
  email: 'must be an e-mail address',
  uri: 'must be a URL, e.g. https://example.org/page',
  url: 'must be a URL, e.g. https://example.org/page',
};
/** Patterns of our own building blocks in words. */
const PATTERNS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [Reflect.get(CountryCode(), 'pattern'), 'must be a country code of two capital letters, e.g. DE'],
  [Reflect.get(CurrencyCode(), 'pattern'), 'must be a currency code of three capital letters, e.g. EUR'],
  [Reflect.get(Line(0, 1), 'pattern'), 'must not contain control characters'],
  [Reflect.get(Text(1), 'pattern'), 'must not contain a NUL character'],
  [Reflect.get(WebUrl(), 'pattern'), 'must be a URL that begins with https:// or http://, without blanks'],
]);

function sentence(finding: Finding): string {
  const { error, orNull, oneOf } = finding;
  const allowed = oneOf ?? (error.keyword === 'enum' ? error.params.allowedValues : undefined);
  if (allowed !== undefined) return `must be one of: ${allowed.map(String).join(', ')}${orNull ? ' (or null)' : ''}`;
  if (error.keyword === 'type') {
    const names = [error.params.type].flat().map((type) => TYPES[type] ?? type);
    return `must be ${[...names, ...(orNull ? ['null'] : [])].join(' or ')}`;
  }
  return boundSentence(error) ?? shapeSentence(error) ?? error.message;
}

function boundSentence(error: TLocalizedValidationError): string | undefined {
  if (error.keyword === 'minLength') return `must have at least ${counted(error.params.limit, 'character')}`;
  if (error.keyword === 'maxLength') return `must have at most ${counted(error.params.limit, 'character')}`;
  if (error.keyword === 'minItems') return `must have at least ${counted(error.params.limit, 'item')}`;
  if (error.keyword === 'maxItems') return `must have at most ${counted(error.params.limit, 'item')}`;
  if (error.keyword === 'minProperties') return `must have at least ${counted(error.params.limit, 'member')}`;
  if (error.keyword === 'maxProperties') return `must have at most ${counted(error.params.limit, 'member')}`;
  if (error.keyword === 'minimum') return `must be at least ${error.params.limit}`;
  if (error.keyword === 'maximum') return `must be at most ${error.params.limit}`;
  if (error.keyword === 'exclusiveMinimum') return `must be greater than ${error.params.limit}`;
  if (error.keyword === 'exclusiveMaximum') return `must be less than ${error.params.limit}`;
  if (error.keyword === 'multipleOf') return `must be a multiple of ${error.params.multipleOf}`;
  return undefined;
}

function shapeSentence(error: TLocalizedValidationError): string | undefined {
  if (error.keyword === 'uniqueItems') return 'must not contain the same item twice';
  if (error.keyword === 'const') return `must be ${JSON.stringify(error.params.allowedValue)}`;
  if (error.keyword === 'format') {
    return FORMATS[error.params.format] ?? `must be in the format "${error.params.format}"`;
  }
  if (error.keyword === 'pattern') {
    return PATTERNS.get(error.params.pattern) ?? `must match the pattern ${error.params.pattern.toString()}`;
  }
  return error.keyword === 'anyOf' ? 'must have one of the documented shapes' : undefined;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
