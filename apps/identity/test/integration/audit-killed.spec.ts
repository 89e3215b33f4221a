import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, systemClock } from '#kernel';
import { FieldCipher, parseFieldKeys } from '#platform';
import {
  AppProcess,
  createTestDatabase,
  eventually,
  fakeClock,
  freePort,
  type NatsHandle,
  type OpenedService,
  startNats,
  TEST_ENV,
  TEST_FIELD_KEYS,
  type TestDatabase,
} from '#testing';
import { AuditKey } from '../../src/audit/audit-key.js';
import { AuditLogRepository } from '../../src/audit/audit-log.repository.js';
import { AuditSealRepository } from '../../src/audit/audit-seal.repository.js';
import { AuditVerificationService } from '../../src/audit/audit-verification.service.js';
import { identitySchema } from '../../src/index.js';

const entry = join(process.cwd(), 'dist/apps/identity/src/main.js');
const DAY = 86_400_000;

/** So many that they are sealed, and cut, in three steps of a hundred. */
const PEOPLE = 250;
/** Of each person, a year and more ago; one of today is added. */
const OLD_ROWS = 2;

/** One after the other on the same database, each by the next process at its start, and what is there afterwards. */
const DEATHS: readonly { dies: string; fault: string; sealed: number; rows: number }[] = [
  { dies: 'in the first step of the sealing', fault: 'audit.heads_before_seal:1', sealed: 0, rows: 750 },
  { dies: 'between the steps of the sealing', fault: 'audit.heads_before_seal:3', sealed: 200, rows: 750 },
  { dies: 'in the first step of the cutting', fault: 'audit.rows_cut_before_heads:1', sealed: 250, rows: 750 },
  { dies: 'between the steps of the cutting', fault: 'audit.rows_cut_before_heads:2', sealed: 250, rows: 550 },
];

describe('a process killed while it seals and cuts the security history', () => {
  let db: TestDatabase;
  let opened: OpenedService;
  let nats: NatsHandle;
  let identity: AppProcess;
  let verification: AuditVerificationService;
  let folder: string;
  const people = Array.from({ length: PEOPLE }, () => newId());

  beforeAll(async () => {
    if (!existsSync(entry)) throw new Error(`${entry} is missing; build first (make build)`);
    [db, nats, folder] = await Promise.all([
      createTestDatabase([identitySchema]),
      startNats(),
      mkdtemp(join(tmpdir(), 'audit-killed-')),
    ]);
    opened = await db.open(identitySchema);
    const seals = new AuditSealRepository();
    const cipher = new FieldCipher(parseFieldKeys(TEST_FIELD_KEYS));
    const key = await AuditKey.open(opened.database, seals, cipher, systemClock);
    verification = new AuditVerificationService(opened.unitOfWork, seals, key, systemClock);
    for (const daysAgo of [402, 401, 0]) {
      const log = new AuditLogRepository(fakeClock(new Date(Date.now() - daysAgo * DAY)), key);
      for (const userId of people) {
        await opened.unitOfWork.run((tx) => log.append(tx, { action: 'session.signed-in', userId }, {}));
      }
    }
    identity = await identityProcess();
  });
  afterAll(async () => {
    await identity.stop();
    await nats.stop();
    await db.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function identityProcess(): Promise<AppProcess> {
    const healthPort = await freePort();
    return new AppProcess({
      app: 'identity',
      entry,
      healthPort,
      logFile: join(folder, 'identity.log'),
      startTimeoutMs: 60_000,
      env: {
        ...TEST_ENV,
        // Nobody is created at the start.
        OWNER_PASSWORD: '',
        LOG_LEVEL: 'warn',
        DATA_DIR: folder,
        HEALTH_PORT: String(healthPort),
        DATABASE_URL: db.urlOf('identity'),
        ...nats.settingsFor('identity'),
      },
    });
  }

  /** As `careercopilot audit verify` asks. */
  async function findings(): Promise<unknown[]> {
    const { findings: found, next } = await verification.verify(undefined, {
      caller: { user_id: newId(), roles: ['admin'], scopes: [] },
      requestId: newId(),
      timeoutMs: 60_000,
      signal: new AbortController().signal,
    });
    expect(next).toBeNull();
    return found;
  }
  const count = async (what: string): Promise<number> =>
    (await db.admin<{ count: number }>(`SELECT count(*)::int AS count FROM identity.${what}`))[0]?.count ?? 0;

  it.each(DEATHS)('leaves a whole history where it dies $dies', async ({ fault, sealed, rows }) => {
    await identity.launch({ FAULT: fault });
    await identity.died(60_000);
    expect([await count('audit_head'), await count('audit_log')]).toEqual([sealed, rows]);
    expect(await findings()).toEqual([]);
  });

  it('and the next one does the rest, once', async () => {
    await identity.start();
    await eventually(async () => expect(await count('audit_log')).toBe(PEOPLE), { timeoutMs: 60_000 });
    expect(await count('audit_head')).toBe(PEOPLE);
    const kept = await db.admin<{ chain: string; sequence: number }>(
      'SELECT chain, sequence::int FROM identity.audit_log ORDER BY chain',
    );
    expect(kept).toEqual([...people].sort().map((chain) => ({ chain, sequence: OLD_ROWS + 1 })));
    expect(await findings()).toEqual([]);
  });
});
