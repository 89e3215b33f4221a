import 'reflect-metadata';
import { Controller, Get, Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { afterEach, describe, expect, it } from '@jest/globals';
import { platformSettings, type PlatformSettings, readSettings } from '../config/index.js';
import { HealthRegistry } from '../health/index.js';
import { APP_NAME } from '../tokens.js';
import { bootstrap, type RunningApp } from './bootstrap.js';
import { ShutdownSequence } from './shutdown-sequence.js';
import { StartError } from './start-error.js';

const settings = (env: Record<string, string> = {}): PlatformSettings =>
  readSettings(platformSettings, { HEALTH_PORT: '0', LOG_LEVEL: 'silent', SHUTDOWN_TIMEOUT_MS: '2000', ...env });

/** Order in which things happened. */
let journal: string[] = [];

class RecordingStrategy extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    journal.push('listening');
    callback();
  }
  close(): void {
    journal.push('strategy closed');
  }
  on(): void {
    throw new Error('not used');
  }
  unwrap<T>(): T {
    throw new Error('not used');
  }
}

@Injectable()
class Worker implements OnModuleInit {
  constructor(
    @Inject(ShutdownSequence) private readonly shutdown: ShutdownSequence,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
  ) {}
  onModuleInit(): void {
    this.health.add('database', () => (journal.includes('break') ? Promise.reject(new Error('down')) : undefined));
    this.shutdown.add('close-database', 'pool', () => void journal.push('database closed'));
    this.shutdown.add('stop-taking', 'consumers', () => void journal.push('stopped taking'));
    this.shutdown.add('drain', 'consumers', () => void journal.push('drained'));
  }
  onApplicationShutdown(): void {
    journal.push('nest closed');
  }
}

@Controller()
class SlowController {
  constructor(@Inject(APP_NAME) private readonly name: string) {}
  @Get('/name')
  answer(): { name: string } {
    return { name: this.name };
  }
  @Get('/slow')
  async slow(): Promise<{ done: boolean }> {
    journal.push('slow taken');
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { done: true };
  }
}

@Module({ providers: [Worker], controllers: [SlowController] })
class ExampleModule {}

const withStrategy = () => ({ modules: [ExampleModule], strategy: new RecordingStrategy() });

const status = async (url: string): Promise<number> => (await fetch(url)).status;

describe('bootstrap', () => {
  const running: RunningApp[] = [];
  const start = async (options: Partial<Parameters<typeof bootstrap>[0]> = {}): Promise<RunningApp> => {
    const app = await bootstrap({
      app: 'example',
      settings: settings(),
      compose: () => ({ modules: [ExampleModule] }),
      embedded: true,
      ...options,
    });
    running.push(app);
    return app;
  };
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
    journal = [];
  });

  it('serves a microservice, its probes and its metrics, and closes in the order of the phases', async () => {
    const app = await start({ compose: withStrategy });
    expect(await status(`${app.healthUrl}/health/live`)).toBe(200);
    expect(await status(`${app.healthUrl}/health/startup`)).toBe(200);
    expect(await status(`${app.healthUrl}/health/ready`)).toBe(200);
    expect(await (await fetch(`${app.healthUrl}/metrics`)).text()).toContain('nodejs_eventloop_lag_seconds');

    const report = await app.close();
    expect(report.clean).toBe(true);
    expect(journal).toEqual([
      'listening',
      'stopped taking',
      'drained',
      'strategy closed',
      'nest closed',
      'database closed',
    ]);
    await expect(fetch(`${app.healthUrl}/health/live`)).rejects.toThrow();
  });

  it('is alive but not ready while its own dependency is down', async () => {
    const app = await start({ compose: withStrategy });
    journal.push('break');
    expect(await status(`${app.healthUrl}/health/ready`)).toBe(503);
    expect(await status(`${app.healthUrl}/health/live`)).toBe(200);
    expect(await (await fetch(`${app.healthUrl}/health/ready`)).text()).not.toContain('down');
  });

  it('finishes an HTTP request that runs when the shutdown starts, and takes no new connection', async () => {
    const app = await start({ http: { host: '127.0.0.1', port: 0, portVariable: 'API_PORT' } });
    expect(await (await fetch(`${app.url}/name`)).json()).toEqual({ name: 'example' });
    const slow = fetch(`${app.url}/slow`);
    while (!journal.includes('slow taken')) await new Promise((resolve) => setTimeout(resolve, 5));
    const closing = app.close();
    const answer = await slow;
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toEqual({ done: true });
    await expect(fetch(`${app.url}/name`)).rejects.toThrow();
    expect((await closing).clean).toBe(true);
  });

  it('says which port is taken and by which setting it can be moved', async () => {
    const first = await start({ compose: withStrategy });
    const port = new URL(first.healthUrl).port;
    const failed = start({ compose: withStrategy, settings: settings({ HEALTH_PORT: port }) });
    await expect(failed).rejects.toThrow(StartError);
    await expect(failed).rejects.toThrow(`port ${port} on 127.0.0.1`);
    await expect(failed).rejects.toMatchObject({ fix: expect.stringContaining('HEALTH_PORT') });
  });

  it('gives back what it opened when the module cannot start', async () => {
    @Module({ providers: [{ provide: 'x', useFactory: () => Promise.reject(new Error('no database')) }] })
    class BrokenModule {}
    const port = await freePort();
    const failed = start({
      compose: () => ({ modules: [BrokenModule] }),
      settings: settings({ HEALTH_PORT: String(port) }),
    });
    await expect(failed).rejects.toThrow('no database');
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
  });
});

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
