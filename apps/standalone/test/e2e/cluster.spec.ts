import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APPS } from '#contracts';
import { ApiDocument, type Cluster, createTestDatabase, eventually, startCluster, startNats, TEST_ENV } from '#testing';
import type { NatsHandle, TestDatabase } from '#testing';
import { allSchemas } from '../../src/compose.js';
import { ApiClient } from './support/api-client.js';
import { describeMainJob } from './story.js';
import { somebody } from './support/people.js';

/** As deployed: the built apps, one role of the database and one user of NATS with generated rights for each. */
describe('seven processes over NATS', () => {
  let nats: NatsHandle;
  let database: TestDatabase;
  let cluster: Cluster;

  beforeAll(async () => {
    [nats, database] = await Promise.all([startNats(), createTestDatabase(allSchemas)]);
    cluster = await startCluster({ nats, databaseUrlOf: (service) => database.urlOf(service), env: TEST_ENV });
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await nats?.stop();
    await database?.drop();
  }, 90_000);

  it('are processes of their own, each ready', () => {
    const pids = APPS.map((app) => cluster.process(app).pid);
    expect(new Set(pids).size).toBe(7);
    for (const app of APPS) expect(cluster.process(app).isRunning).toBe(true);
  });

  describe('do the main job', () => describeMainJob(() => cluster.gatewayUrl));

  it('answer 503 or 504 with Retry-After while a service is gone, and work when it is back', async () => {
    const api = new ApiClient(cluster.gatewayUrl, ApiDocument.read());
    const person = { token: (await somebody(api)).token };
    await cluster.process('applications').kill9();
    const refused = await api.get('/applications', person);
    expect([503, 504]).toContain(refused.status);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api.get('/jobs?per_page=1', person)).status).toBe(200);
    await cluster.process('applications').start();
    await eventually(async () => expect((await api.get('/applications', person)).status).toBe(200), {
      timeoutMs: 20_000,
    });
  }, 90_000);

  it('end in order when they are told to', async () => {
    const codes = await Promise.all(APPS.map(async (app) => [app, await cluster.process(app).stop()] as const));
    expect(codes.filter(([, code]) => code !== 0)).toEqual([]);
  }, 60_000);
});
