import { ERROR_CODES } from '#contracts';
import type { ApiDocument } from '#testing';
import { isSchema } from './arbitrary.js';
import type { FuzzCase } from './plan.js';

export interface FuzzAnswer {
  status: number;
  contentType: string | null;
  headers: Headers;
  text: string;
  body: unknown;
  ms: number;
}

const HANG_MS = 10_000;
const INSIDES = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules|\/(apps|libs|dist)\/[\w-]+\/src\//,
  /syntax error at or near|violates \w+(-\w+)* constraint|relation ".+" does not exist|invalid input syntax for type/,
];

/** Everything an answer gives away or breaks; empty for a good one. */
export function violations(made: FuzzCase, answer: FuzzAnswer, document: ApiDocument): string[] {
  const { status } = answer;
  const found: string[] = [];
  if (status >= 500) found.push(`${status} although everything it depends on is there`);
  if (answer.ms > HANG_MS) found.push(`took ${Math.round(answer.ms)} ms`);
  if (INSIDES.some((pattern) => pattern.test(answer.text))) found.push('shows its insides');
  if (answer.headers.get('x-content-type-options') !== 'nosniff') found.push('no X-Content-Type-Options');
  if (answer.headers.get('x-request-id') === null) found.push('no X-Request-Id');
  if (status >= 400) found.push(...errorShape(answer));
  // What is not set up here says so, whatever it is sent.
  const isOff = status === 403 && answer.text.includes('FEATURE_DISABLED');
  if (made.expected !== undefined && !made.expected.includes(status) && !isOff) {
    found.push(`answered ${status}, must be ${made.expected.join(' or ')}`);
  }
  if (made.isInvalid && status < 400) found.push(`took what its schema refuses (${status})`);
  if (status === 405) {
    if (made.kind !== 'undocumented method') found.push('405 for a documented method');
    if (answer.headers.get('allow') === null) found.push('405 without Allow');
    return found;
  }
  const operation = document.find(made.method, made.path) ?? made.operation;
  // An empty or slashed path parameter leads to another path, or to none.
  if (status === 404 && made.kind === 'wrong path') return found;
  found.push(...document.problems(operation, { status, contentType: answer.contentType, body: answer.body }));
  return found;
}

function errorShape({ status, body, headers, contentType }: FuzzAnswer): string[] {
  if (!isSchema(body)) return [`an error without a JSON body (${contentType ?? 'no content type'})`];
  const isProblem = contentType?.startsWith('application/problem+json') ?? false;
  const error = isProblem ? body : body.error;
  if (!isSchema(error)) return ['an error without `error`'];
  const code = String(error.code);
  const known = Object.entries(ERROR_CODES).find(([name]) => name === code)?.[1];
  const found: string[] = [];
  if (known === undefined) found.push(`the code ${code} is not public`);
  else if (known.status !== status) found.push(`the code ${code} belongs to ${known.status}, not ${status}`);
  if (error.request_id !== headers.get('x-request-id')) found.push('request_id differs from X-Request-Id');
  const message = isProblem ? error.detail : error.message;
  if (typeof message !== 'string' || message.length < 5) found.push('an error without a message');
  return found;
}
