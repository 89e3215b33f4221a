import { describe, expect, it } from '@jest/globals';
import { Metrics } from '../metrics/metrics.js';
import { HealthRegistry } from './health-registry.js';
import { HealthServer } from './health-server.js';

describe('HealthRegistry', () => {
  it('is not ready before the start, ready after it, and not ready from the first moment of the shutdown', async () => {
    const health = new HealthRegistry();
    health.add('database', () => Promise.resolve());
    expect(await health.readiness()).toMatchObject({ ready: false, reason: 'starting' });
    health.markStarted();
    expect(await health.readiness()).toMatchObject({ ready: true });
    health.markStopping();
    health.markStarted();
    expect(await health.readiness()).toMatchObject({ ready: false, reason: 'shutting-down' });
  });

  it('does not wait for a check that hangs', async () => {
    const health = new HealthRegistry();
    health.markStarted();
    let aborted = false;
    health.add('hangs', (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    const { ready, checks } = await health.readiness();
    expect([ready, aborted, checks[0]?.reason]).toEqual([false, true, 'no answer within 1000 ms']);
  });

  it('names which check failed, without the text of its error', async () => {
    const health = new HealthRegistry();
    health.markStarted();
    health.add('bus', () => undefined);
    health.add('database', () => {
      throw Object.assign(new Error('password of cc_jobs is wrong'), { code: '28P01' });
    });
    const readiness = await health.readiness();
    expect(readiness).toMatchObject({ ready: false, reason: 'check-failed' });
    expect(readiness.checks).toMatchObject([
      { name: 'bus', ok: true },
      { name: 'database', ok: false, reason: '28P01' },
    ]);
    expect(JSON.stringify(readiness)).not.toContain('password');
  });

  it('answers many askers with one round of checks', async () => {
    const health = new HealthRegistry();
    health.markStarted();
    let asked = 0;
    health.add('database', () => void (asked += 1));
    await Promise.all(Array.from({ length: 20 }, () => health.readiness()));
    expect(asked).toBe(1);
  });
});

describe('HealthServer', () => {
  it('answers probes and metrics, and nothing else', async () => {
    const health = new HealthRegistry();
    const metrics = new Metrics('test', false);
    metrics.observeRequest('searchJobs', 'GET', 200, 0.02);
    const server = new HealthServer({ host: '127.0.0.1', port: 0, version: '1.2.3', health, metrics });
    const url = await server.start();
    const status = async (path: string, method = 'GET'): Promise<number> =>
      (await fetch(url + path, { method })).status;
    expect([await status('/health/startup'), await status('/health/ready'), await status('/health/live')]).toEqual([
      503, 503, 200,
    ]);
    health.markStarted();
    expect([await status('/health/startup'), await status('/health/ready?verbose=1')]).toEqual([200, 200]);
    expect([await status('/'), await status('/health/live', 'POST')]).toEqual([404, 405]);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain(
      'http_request_duration_seconds_count{operation="searchJobs",method="GET",status="200",app="test"} 1',
    );
    await server.stop();
  });

  it('is not alive when the event loop hung for longer than allowed since the last probe', async () => {
    const health = new HealthRegistry();
    const server = new HealthServer({
      host: '127.0.0.1',
      port: 0,
      version: '1',
      health,
      metrics: new Metrics('test', false),
      maxLagMs: 500,
    });
    const url = await server.start();
    const until = performance.now() + 1100;
    while (performance.now() < until);
    expect((await fetch(`${url}/health/live`)).status).toBe(503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await server.stop();
  });
});
