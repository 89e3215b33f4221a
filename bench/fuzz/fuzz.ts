import type { ApiDocument, ApiOperation } from '#testing';
import { type FuzzAnswer, violations } from './checks.js';
import { Factors } from './factors.js';
import { Ids } from './ids.js';
import { isSigned, People } from './people.js';
import { type FuzzCase, Planner } from './plan.js';
import { rehearse } from './rehearsal.js';
import { FuzzReport } from './report.js';

export interface FuzzOptions {
  url: string;
  document: ApiDocument;
  admin: { email: string; password: string };
  seed: number;
  /** Requests of every kind for every operation. */
  perKind: number;
  confirmAddresses: () => Promise<void>;
  /** Stops early after this long; the report says so. */
  budgetMs: number;
}

const AT_ONCE = 4;
const GIVE_UP_MS = 15_000;

/** Sends made-up requests to every operation of the document and holds each answer against it. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { url, document, seed, perKind } = options;
  const ids = new Ids();
  const factors = new Factors();
  const people = new People(url, options.admin, options.confirmAddresses);
  await people.makeFriend();
  const planner = new Planner(document, ids, factors, seed);
  const report = new FuzzReport(seed, document.operations);
  const send = (made: FuzzCase) => sendOne(made, { url, document, ids, factors, people, report });

  // First what exists: the examples in the order creates before reads, so that ids are known.
  const ordered = [...document.operations].sort((a, b) => rank(a) - rank(b));
  for (const operation of ordered) for (const make of planner.casesOf(operation, 1).slice(0, 1)) await send(make());
  await rehearse({ document, ids, people, send });

  // Interleaved: no operation is left out when the time runs out, and none changes what the others need for long.
  const queues = ordered.map((operation) => planner.casesOf(operation, perKind));
  const plan = Array.from({ length: Math.max(...queues.map(({ length }) => length)) }, (_, at) =>
    queues.flatMap((queue) => queue[at] ?? []),
  ).flat();
  const endAt = performance.now() + options.budgetMs;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < plan.length && performance.now() < endAt) {
      const make = plan[next];
      next += 1;
      if (make !== undefined) await send(make());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  report.unsent = plan.length - next;
  return report;
}

interface Scene {
  url: string;
  document: ApiDocument;
  ids: Ids;
  factors: Factors;
  people: People;
  report: FuzzReport;
}

async function sendOne(
  made: FuzzCase,
  { url, document, ids, factors, people, report }: Scene,
): Promise<FuzzAnswer | undefined> {
  try {
    let answer = await exchange(url, made, await people.headersOf(made.signed));
    if (isSigned(made.signed) && wasShutOut(made, answer)) {
      people.forget(made.signed);
      answer = await exchange(url, made, await people.headersOf(made.signed));
    }
    // A machine that does other things as well may be late once; what is late twice is a finding.
    if (answer.status === 504) answer = await exchange(url, made, await people.headersOf(made.signed));
    if (answer.status < 300) {
      ids.learn(made.operation.path, answer.body);
      factors.learn(answer.body);
    }
    report.add(made, answer, violations(made, answer, document));
    return answer;
  } catch (error) {
    report.add(made, undefined, [`no answer: ${error instanceof Error ? error.message : String(error)}`]);
    return undefined;
  }
}

/** An earlier request ended the session or the account, or took the role. */
const wasShutOut = (made: FuzzCase, { status }: FuzzAnswer): boolean =>
  (status === 401 && !ownCredentials(made.operation)) || (status === 403 && made.signed === 'employer');

/** Their 401 speaks of the credentials in the body, not of the caller. */
const ownCredentials = ({ path }: ApiOperation): boolean =>
  /\/auth\/(login|refresh|mfa\/verify|passkeys\/login\/verify)$|password$/.test(path);

async function exchange(url: string, made: FuzzCase, who: Record<string, string>): Promise<FuzzAnswer> {
  const started = performance.now();
  const takesBody = made.method !== 'GET';
  const response = await fetch(`${url}${made.path}`, {
    method: made.method,
    headers: { ...made.headers, ...who },
    body: takesBody && made.body !== undefined ? Buffer.from(made.body) : undefined,
    redirect: 'manual',
    signal: AbortSignal.timeout(GIVE_UP_MS),
  });
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  return {
    status: response.status,
    contentType,
    headers: response.headers,
    text,
    body: parsed(text, contentType),
    ms: performance.now() - started,
  };
}

function parsed(text: string, contentType: string | null): unknown {
  if (text === '') return undefined;
  if (contentType?.includes('json') !== true) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Held against the document as text: that is the finding.
    return text;
  }
}

const ORDER = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'];
const rank = ({ method, path }: ApiOperation): number =>
  (path.endsWith('/scrape') || path.endsWith('/import') || path.endsWith('/sources') ? -100 : 0) +
  (path.endsWith('/jobs') ? -50 : 0) +
  (/\/(logout|sessions)/.test(path) ? 100 : 0) +
  ORDER.indexOf(method);
