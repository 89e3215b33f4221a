import type { ApiOperation } from '#testing';
import type { FuzzAnswer } from './checks.js';
import { isSigned } from './people.js';
import type { FuzzCase } from './plan.js';

interface Row {
  operation: ApiOperation;
  requests: number;
  /** With a token that is good, or where none is needed. */
  reached: number;
  succeeded: number;
  /** Said that it is not set up in this installation. */
  isOff: boolean;
  statuses: Map<number, number>;
}

export interface Violation {
  what: string;
  times: number;
  /** The first request that showed it, to be repeated by hand. */
  request: string;
  answer: string;
}

const SHOWN = 400;

/** What a run met: per operation, per status, and every broken rule once. */
export class FuzzReport {
  readonly violations = new Map<string, Violation>();
  requests = 0;
  unsent = 0;
  private readonly rows = new Map<string, Row>();

  constructor(
    readonly seed: number,
    operations: readonly ApiOperation[],
  ) {
    for (const operation of operations) {
      const row = {
        operation,
        requests: 0,
        reached: 0,
        succeeded: 0,
        isOff: false,
        statuses: new Map<number, number>(),
      };
      this.rows.set(operation.operationId, row);
    }
  }

  add(made: FuzzCase, answer: FuzzAnswer | undefined, broken: readonly string[]): void {
    this.requests += 1;
    const row = this.rows.get(made.operation.operationId);
    if (row !== undefined && answer !== undefined) {
      row.requests += 1;
      row.statuses.set(answer.status, (row.statuses.get(answer.status) ?? 0) + 1);
      const mayCall = isSigned(made.signed) || row.operation.security.length === 0;
      if (mayCall && answer.status !== 401) row.reached += 1;
      if (answer.status === 403 && answer.text.includes('FEATURE_DISABLED')) row.isOff = true;
      if (mayCall && answer.status < 300 && made.method === row.operation.method) row.succeeded += 1;
    }
    for (const one of broken) this.report(made, answer, one);
  }

  /** Share of the operations set up here that were reached with a good token and succeeded at least once. */
  get coverage(): number {
    const rows = [...this.rows.values()].filter(({ isOff }) => !isOff);
    return rows.filter(({ reached, succeeded }) => reached > 0 && succeeded > 0).length / rows.length;
  }

  /** Refusals the document promises that were seen; those that take an outage or a flood to be seen are not counted. */
  get refusals(): { documented: number; seen: number; unseen: string[] } {
    const promised = [...this.rows.values()].flatMap(({ operation, statuses, isOff }) =>
      [...operation.responses.keys()]
        .filter((status) => !isOff && status >= 400 && status < 500 && status !== 429)
        .map((status) => ({ name: `${operation.operationId} ${status}`, isSeen: statuses.has(status) })),
    );
    const unseen = promised.filter(({ isSeen }) => !isSeen).map(({ name }) => name);
    return { documented: promised.length, seen: promised.length - unseen.length, unseen };
  }

  /** Operations that never succeeded. */
  get neverSucceeded(): string[] {
    return [...this.rows.values()].filter(({ succeeded }) => succeeded === 0).map((row) => row.operation.operationId);
  }

  print(): string {
    const statuses = new Map<number, number>();
    const lines = [...this.rows.values()].map(({ operation, requests, succeeded, statuses: own }) => {
      for (const [status, count] of own) statuses.set(status, (statuses.get(status) ?? 0) + count);
      return `${operation.operationId.padEnd(28)} ${String(requests).padStart(6)} ${String(succeeded).padStart(6)}  ${counted(own)}`;
    });
    const broken = [...this.violations.values()].map(
      ({ what, times, request, answer }) => `${what}  (${times} times)\n    ${request}\n    ${answer}`,
    );
    const { documented, seen, unseen } = this.refusals;
    return [
      `${'operation'.padEnd(28)} ${'asked'.padStart(6)} ${'2xx'.padStart(6)}  by status`,
      ...lines,
      '',
      `all: ${counted(statuses)}`,
      `seed ${this.seed}, ${this.requests} requests, ${Math.round(this.coverage * 100)} % of ${this.rows.size} operations succeeded at least once` +
        (this.unsent > 0 ? `, ${this.unsent} not sent for lack of time` : ''),
      `${seen} of ${documented} documented refusals seen (429 aside); not: ${unseen.join(', ')}`,
      this.neverSucceeded.length === 0 ? '' : `never succeeded: ${this.neverSucceeded.join(', ')}`,
      broken.length === 0 ? 'nothing violated' : `${broken.length} kinds of violations:\n${broken.join('\n')}`,
      '',
    ].join('\n');
  }

  private report(made: FuzzCase, answer: FuzzAnswer | undefined, one: string): void {
    const what = `${made.operation.operationId} [${made.kind}]: ${one}`;
    const known = this.violations.get(what);
    if (known !== undefined) {
      known.times += 1;
      return;
    }
    const body = made.body === undefined ? '' : ` ${JSON.stringify(made.body.slice(0, SHOWN))}`;
    const type = made.headers['content-type'] === undefined ? '' : ` (${made.headers['content-type']})`;
    this.violations.set(what, {
      what,
      times: 1,
      request: `${made.method} ${made.path.slice(0, SHOWN)} as ${made.signed}${type}${body}`,
      answer: answer === undefined ? 'none' : `${answer.status} ${answer.text.slice(0, SHOWN)}`,
    });
  }
}

const counted = (statuses: ReadonlyMap<number, number>): string =>
  [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}×${count}`)
    .join(' ');
