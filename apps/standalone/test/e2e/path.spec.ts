import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiDocument } from '#testing';
import { ApiClient } from './support/api-client.js';
import { describeMainJob } from './story.js';
import { type Composed, startComposed } from './support/composed.js';
import { LiveSocket } from './support/live-socket.js';
import { somebody } from './support/people.js';

const api = ApiDocument.read();

/** Their members differ by kind and are written by us one by one, never taken from a row as a whole. */
const MAPS = [
  'listAudit 200.entries[].detail',
  'searchAudit 200.entries[].detail',
  // An event, which was checked against its own contract when it came.
  'listDeadLetters 200.dead_letters[].data',
  'listWebhookDeliveries 200.deliveries[].payload.data',
  'replayWebhookDelivery 201.payload.data',
  'testWebhook 201.payload.data',
  // Counts by status.
  'getApplicationStats 200.by_status',
  // RFC 7517.
  'listSigningKeys 200.keys[]',
  'listNotifications 200.notifications[].data',
  'readNotification 200.data',
];

it('answers with closed shapes only: no column can leak', () => {
  expect(api.operations.length).toBeGreaterThan(60);
  expect(api.openObjects().sort()).toEqual(MAPS.toSorted());
});

describe('all apps in one process', () => {
  let platform: Composed;
  beforeAll(async () => {
    platform = await startComposed();
  }, 120_000);
  afterAll(() => platform.stop(), 60_000);

  describe('do the main job', () => describeMainJob(() => platform.url));

  it('leave nothing in an outbox and nothing in the dead letters', async () => {
    for (const schema of ['identity', 'jobs', 'applications', 'ai', 'analytics', 'notifications']) {
      const [row] = await platform.database.admin(
        `SELECT (SELECT count(*)::int FROM ${schema}.outbox WHERE published_at IS NULL) AS unsent,
                (SELECT count(*)::int FROM ${schema}.dead_letters) AS dead`,
      );
      expect([schema, row]).toEqual([schema, { unsent: 0, dead: 0 }]);
    }
  });

  it('end within seconds although a socket is open, and tell it to come back', async () => {
    const person = await somebody(new ApiClient(platform.url, api));
    const socket = await LiveSocket.open(platform.url, person.token);
    const report = await platform.running.close();
    expect(report.ms).toBeLessThan(5_000);
    expect(await socket.closed()).toBe(1001);
  }, 60_000);
});
