import { createHash } from 'node:crypto';
import type { RpcContract, Static, TSchema } from '#contracts';
import { conflict, AppError, invalid } from '#kernel';
import type { Tx, UnitOfWork } from '#persistence';
import { Idempotency } from './idempotency.js';
import type { RpcContext } from './rpc-context.js';

const LONGEST_KEY = 255;
/** Most answers are ready sooner; a client that asks again after this finds the stored one. */
const ASK_AGAIN_MS = 1000;

export class PostgresIdempotency extends Idempotency {
  constructor(private readonly unitOfWork: UnitOfWork) {
    super();
  }

  override run<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    context: RpcContext,
    work: (tx: Tx) => Promise<Static<Res>>,
  ): Promise<Static<Res>> {
    const key = context.idempotencyKey;
    if (key === undefined) return this.unitOfWork.run(work);
    assertKey(key);
    const scope = scopeOf(contract, context);
    const hash = hashOf(request);
    return this.unitOfWork.run(async (tx) => {
      await lockKey(tx, scope, key);
      const stored = await find(tx, scope, key);
      if (stored !== undefined) {
        if (!stored.request_hash.equals(hash)) throw keyReused();
        // Parsed and printed again this is the same text, byte for byte: it was printed by JSON.stringify.
        return JSON.parse(stored.response) as Static<Res>;
      }
      const result = await work(tx);
      await store(tx, scope, key, hash, JSON.stringify(result ?? {}));
      return result;
    });
  }
}

/** Two people who choose the same key do not meet; before sign-in the address stands for the person. */
const scopeOf = (contract: RpcContract, context: RpcContext): string =>
  `${context.caller?.user_id ?? `address:${context.clientAddress ?? 'unknown'}`} ${contract.subject}`;

function assertKey(key: string): void {
  if (/^[\x21-\x7e]+$/.test(key) && key.length <= LONGEST_KEY) return;
  throw invalid([
    { field: 'Idempotency-Key', message: `must have 1 to ${LONGEST_KEY} visible ASCII characters, e.g. a UUID` },
  ]);
}

/** Held until the transaction ends, also when it dies with its process: no row says "in progress" for ever. */
async function lockKey(tx: Tx, scope: string, key: string): Promise<void> {
  const [row] = await tx.query<{ locked: boolean }>(
    'idempotency.lock',
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 4711)) AS locked`,
    [`${scope}\n${key}`],
  );
  if (row?.locked === true) return;
  throw new AppError({
    code: 'IDEMPOTENCY_KEY_IN_PROGRESS',
    kind: 'conflict',
    message: 'A request with this Idempotency-Key is still running; ask again in a moment.',
    retryable: true,
    retryAfterMs: ASK_AGAIN_MS,
  });
}

interface StoredAnswer {
  request_hash: Buffer;
  response: string;
}

async function find(tx: Tx, scope: string, key: string): Promise<StoredAnswer | undefined> {
  const [row] = await tx.query<StoredAnswer>(
    'idempotency.find',
    `SELECT request_hash, response FROM idempotency_keys WHERE scope = $1 AND key = $2`,
    [scope, key],
  );
  return row;
}

async function store(tx: Tx, scope: string, key: string, hash: Buffer, response: string): Promise<void> {
  await tx.query(
    'idempotency.store',
    `INSERT INTO idempotency_keys (scope, key, request_hash, response) VALUES ($1, $2, $3, $4)`,
    [scope, key, hash, response],
  );
}

const keyReused = (): AppError =>
  conflict(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was used for another request; use a new key for a new request.',
  );

/** The same request however its members are ordered. */
const hashOf = (request: unknown): Buffer => createHash('sha256').update(canonical(request)).digest();

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}
