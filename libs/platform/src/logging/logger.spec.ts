import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, notFound } from '#kernel';
import { afterAll, describe, expect, it } from '@jest/globals';
import { describeError } from './describe-error.js';
import { Logger, type LogLevel } from './logger.js';
import { NestLogger } from './nest-logger.js';
import { prettyLine } from './pretty.js';
import { redact, scrubText } from './redact.js';
import { requestContext } from './request-context.js';

function recorder(level: LogLevel = 'debug'): { logger: Logger; lines: Record<string, unknown>[]; raw: string[] } {
  const raw: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string): void => {
      raw.push(line);
      lines.push(JSON.parse(line) as Record<string, unknown>);
    },
  };
  return { logger: Logger.create({ service: 'identity', level, format: 'json', destination }), lines, raw };
}

describe('Logger', () => {
  it('writes one JSON object per line with time, level, service and the ids of the request', async () => {
    const { logger, lines } = recorder();
    await requestContext.run(
      {
        requestId: 'r-1',
        userId: 'u-1',
        service: 'jobs-ingestion',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      },
      async () => {
        await Promise.resolve();
        logger.for('search').info('searched', { duration_ms: 12 });
      },
    );
    logger.info('outside');
    expect(lines[0]).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'jobs-ingestion',
      request_id: 'r-1',
      user_id: 'u-1',
      trace_id: 'a'.repeat(32),
      scope: 'search',
      duration_ms: 12,
      message: 'searched',
    });
    expect(lines[1]).not.toHaveProperty('request_id');
    expect(lines[1]).toHaveProperty('service', 'identity');
  });

  it('keeps requests that run at the same time apart', async () => {
    const { logger, lines } = recorder();
    const work = (requestId: string, ms: number): Promise<void> =>
      requestContext.run({ requestId }, async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        logger.info(requestId);
      });
    await Promise.all([work('slow', 20), work('fast', 1)]);
    expect(lines.map((line) => [line.message, line.request_id])).toEqual([
      ['fast', 'fast'],
      ['slow', 'slow'],
    ]);
  });

  it('is silent below its level', () => {
    const { logger, lines } = recorder('warn');
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    expect(lines.map((line) => line.message)).toEqual(['c']);
  });

  // Each canary may be anywhere in what is logged and must not be in the line.
  const canary = 'canary-7f3a';
  const leaks: [string, (logger: Logger) => void][] = [
    ['a password', (l) => l.info('x', { password: canary })],
    ['a nested password', (l) => l.info('x', { body: { user: { newPassword: canary } } })],
    ['a password in a list', (l) => l.info('x', { users: [{ Password: canary }] })],
    ['a snake_case token', (l) => l.info('x', { refresh_token: canary })],
    ['a camelCase token', (l) => l.info('x', { accessToken: canary })],
    ['an api key', (l) => l.info('x', { 'x-api-key': canary })],
    ['an authorization header', (l) => l.info('x', { headers: { Authorization: `Bearer ${canary}` } })],
    ['a cookie', (l) => l.info('x', { headers: { 'set-cookie': [canary] } })],
    ['a secret', (l) => l.info('x', { client_secret: canary })],
    ['a one-time code', (l) => l.info('x', { totp: canary })],
    ['a PKCE verifier', (l) => l.info('x', { code_verifier: canary })],
    ['a private key', (l) => l.info('x', { privateKey: canary })],
    ['an email', (l) => l.info('x', { email: canary })],
    ['a phone number', (l) => l.info('x', { phone_number: canary })],
    ['a name', (l) => l.info('x', { full_name: canary })],
    ['a client address', (l) => l.info('x', { clientAddress: canary })],
    ['a resume', (l) => l.info('x', { resume_text: canary })],
    ['an address in a text', (l) => l.info(`mail to ${canary}@example.org failed`)],
    ['an address in a field', (l) => l.info('x', { note: `from ${canary}@example.org` })],
    ['a bearer in a text', (l) => l.info(`got Bearer ${canary}abcdef`)],
    ['a token in a text', (l) => l.info(`token eyJhbGciOi.${canary}.sig`)],
    ['a URL password', (l) => l.info('x', { url: `postgres://user:${canary}@db/x` })],
    ['a URL query', (l) => l.info(`GET https://api.example.org/jobs?key=${canary}&q=1`)],
    ['an error message', (l) => l.error('x', new Error(`user ${canary}@example.org exists`))],
    ['a cause', (l) => l.error('x', new Error('a', { cause: new Error(`https://x.example/?key=${canary}`) }))],
    [
      'a database detail',
      (l) => l.error('x', Object.assign(new Error('duplicate'), { detail: `Key (email)=(${canary})` })),
    ],
    ['database parameters', (l) => l.error('x', Object.assign(new Error('failed'), { parameters: [canary] }))],
    ['details of an AppError', (l) => l.error('x', invalidWith(canary))],
    ['extra of an AppError', (l) => l.error('x', invalidWith(canary))],
    ['bytes', (l) => l.info('x', { body: Buffer.from(canary) })],
    ['a map', (l) => l.info('x', { all: new Map([['token', canary]]) })],
    ['what is too deep', (l) => l.info('x', { a: { b: { c: { d: { e: { f: canary } } } } } })],
  ];
  const invalidWith = (text: string): AppError =>
    new AppError({
      code: 'VALIDATION_ERROR',
      kind: 'invalid',
      message: 'Some fields are not valid.',
      details: [{ field: 'name', message: text }],
      extra: { given: text },
    });
  it.each(leaks)('does not leak %s', (_what, log) => {
    const { logger, raw } = recorder();
    log(logger);
    expect(raw).toHaveLength(1);
    expect(raw.join('')).not.toContain(canary);
  });

  it('keeps what helps: counts, booleans, codes, hosts and paths', () => {
    expect(
      redact({ token_count: 12, hasPassword: true, code: 'NOT_FOUND', url: 'https://x.example/jobs?key=1' }),
    ).toEqual({
      token_count: 12,
      hasPassword: true,
      code: 'NOT_FOUND',
      url: 'https://x.example/jobs?…',
    });
  });

  it('logs a cyclic object without ending the process', () => {
    const cyclic: Record<string, unknown> = { name: 'x' };
    cyclic.self = cyclic;
    const { logger, lines } = recorder();
    logger.info('cycle', { cyclic });
    expect(lines).toHaveLength(1);
  });

  it('cuts texts and lists that would flood the log', () => {
    expect(scrubText('a'.repeat(100_000)).length).toBeLessThan(9000);
    expect(redact(Array.from({ length: 500 }, () => 1))).toHaveLength(51);
  });
});

describe('describeError', () => {
  it('keeps code and stack of a defect, and no stack of an answer we give on purpose', () => {
    const defect = describeError(Object.assign(new Error('boom'), { code: 'EPIPE', constraint: 'users_pkey' }));
    expect(defect).toMatchObject({ code: 'EPIPE', constraint: 'users_pkey', stack: expect.stringContaining('boom') });
    expect(describeError(notFound('The job'))).toEqual({
      name: 'AppError',
      kind: 'not-found',
      code: 'NOT_FOUND',
      message: 'The job was not found.',
    });
  });

  it('describes what is not an error', () => {
    expect(describeError('just text')).toEqual({ name: 'NotAnError', message: 'just text' });
  });
});

describe('NestLogger', () => {
  it('turns chatter into debug and keeps the stack of an error', () => {
    const { logger, lines } = recorder();
    const nest = new NestLogger(logger);
    nest.log('Mapped {/jobs, GET} route', 'RouterExplorer');
    nest.error('failed', 'Error: failed\n    at somewhere (file.ts:1:1)', 'ExceptionsHandler');
    expect(lines[0]).toMatchObject({ level: 'debug', scope: 'RouterExplorer' });
    expect(lines[1]).toMatchObject({
      level: 'error',
      scope: 'ExceptionsHandler',
      error: { stack: expect.stringContaining('file.ts:1:1') },
    });
  });
});

describe('prettyLine', () => {
  it('shows one readable line and the stack below it', () => {
    const { logger, raw } = recorder();
    logger.for('relay').error('lost', new Error('gone'), { depth: 3 });
    const text = prettyLine(raw[0] ?? '', false);
    expect(text).toMatch(/^[\d:.]{12} ERROR identity\/relay: lost depth=3\n {4}Error: gone\n {8}at /);
  });
});

describe('a log in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const opened = (name: string): { logger: Logger; messages: () => unknown[] } => {
    const file = join(folder, name);
    const logger = Logger.create({ service: 'identity', level: 'info', format: 'json', file });
    const messages = (): unknown[] =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => Reflect.get(Object(JSON.parse(line)), 'message'));
    return { logger, messages };
  };

  it.each(['warn', 'error', 'fatal'] as const)('has a line of %s at once, and all that came before it', (level) => {
    const { logger, messages } = opened(level);
    logger.info('before');
    logger.for('part')[level]('something is wrong');
    expect(messages()).toEqual(['before', 'something is wrong']);
  });

  it('has what needs nobody a moment later', async () => {
    const { logger, messages } = opened('info');
    logger.info('request');
    const giveUpAt = performance.now() + 5_000;
    while (messages().length === 0 && performance.now() < giveUpAt) await sleep(20);
    expect(messages()).toEqual(['request']);
  });

  it('loses no line when much is written at once', () => {
    const { logger, messages } = opened('many');
    const lines = Array.from({ length: 5_000 }, (_, at) => `line ${at}`);
    for (const line of lines) logger.info(line);
    logger.warn('the end');
    expect(messages()).toEqual([...lines, 'the end']);
  });
});
