import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '#kernel';
import { createTestDatabase, fakeClock, type OpenedService, type TestDatabase } from '#testing';
import { notificationsSchema } from '../../src/index.js';
import { AccountAccessRepository } from '../../src/webhooks/account-access.repository.js';
import { WebhookOwners } from '../../src/webhooks/webhook-owners.js';
import { WebhookQueueRepository } from '../../src/webhooks/webhook-queue.repository.js';
import { WebhookRepository } from '../../src/webhooks/webhook.repository.js';

const RUNS = 20;
const CHANGES = 250;
const PEOPLE = 10;
/** Handlers of one replica that run at the same time. */
const AT_ONCE = 8;

let db: TestDatabase;
let service: OpenedService;
let owners: WebhookOwners;

beforeAll(async () => {
  db = await createTestDatabase([notificationsSchema]);
  service = await db.open(notificationsSchema);
  const { database } = service;
  const [webhooks, queue] = [new WebhookRepository(database), new WebhookQueueRepository(database)];
  owners = new WebhookOwners(webhooks, new AccountAccessRepository(), queue, fakeClock());
}, 60_000);
afterAll(() => db.drop());

interface Change {
  user_id: string;
  blocked: boolean;
  valid_from: string;
}

async function deliver(changes: readonly Change[]): Promise<void> {
  const waiting = [...changes];
  const handle = async (): Promise<void> => {
    for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
      const heard = change;
      await service.unitOfWork.run((tx) => owners.accessChanged(tx, heard));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, handle));
}

async function known(userIds: readonly string[]): Promise<Map<string, boolean>> {
  const rows = await db.admin<{ user_id: string; blocked: boolean }>(
    'SELECT user_id, blocked FROM notifications.account_access WHERE user_id = ANY($1::uuid[])',
    [userIds],
  );
  return new Map(rows.map(({ user_id, blocked }) => [user_id, blocked]));
}

describe('what is known of an account', () => {
  it('is what identity said last, after 10,000 changes that came twice each, in any order and several at once', async () => {
    const change = fc.record({ person: fc.nat(PEOPLE - 1), blocked: fc.boolean() });
    const history = fc.array(change, { minLength: CHANGES, maxLength: CHANGES });
    const twice = Array.from({ length: 2 * CHANGES }, (_, index) => index % CHANGES);
    const order = fc.shuffledSubarray(twice, { minLength: twice.length, maxLength: twice.length });
    let deliveries = 0;
    await fc.assert(
      fc.asyncProperty(history, order, async (changes, indexes) => {
        const people = Array.from({ length: PEOPLE }, () => newId());
        const told = changes.map(({ person, blocked }, index) => ({
          user_id: people[person] ?? newId(),
          blocked,
          valid_from: new Date(Date.UTC(2026, 10, 20) + index).toISOString(),
        }));
        await deliver(indexes.flatMap((index) => told[index] ?? []));
        deliveries += indexes.length;
        expect(await known(people)).toEqual(new Map(told.map(({ user_id, blocked }) => [user_id, blocked])));
      }),
      // Every run is 500 transactions: what fails is told as it is.
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(deliveries).toBe(10_000);
  });
});
