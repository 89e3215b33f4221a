import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { context, propagation } from '@opentelemetry/api';
import { continueTrace, injectTrace } from './carrier.js';
import { requestContext } from '../logging/index.js';
import { isRecorded } from './sampling.js';
import { startTracing } from './start-tracing.js';
import type { Tracing } from './tracing-options.js';
import { withSpan, withSpanAside } from './with-span.js';

const traceparent = `00-${'4bf92f3577b34da6a3ce929d0e0e4736'}-00f067aa0ba902b7-01`;

interface Received {
  resource: Record<string, unknown>;
  spans: { name: string; traceId: string; spanId: string; parentSpanId?: string; status?: unknown; text: string }[];
}

/** Understands as much of OTLP/HTTP JSON as the test needs. */
async function collector(): Promise<{ url: string; received: Received; paths: string[]; stop: () => Promise<void> }> {
  const received: Received = { resource: {}, spans: [] };
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      for (const { resource, scopeSpans } of body.resourceSpans) {
        for (const { key, value } of resource.attributes) received.resource[key] = value.stringValue;
        for (const { spans } of scopeSpans) {
          for (const span of spans) received.spans.push({ ...span, text: JSON.stringify(span) });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    paths,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe('tracing', () => {
  let tracing: Tracing | undefined;
  afterEach(async () => {
    await tracing?.stop();
    context.disable();
    propagation.disable();
  });

  it('carries the trace of the caller over awaits while nothing is exported', async () => {
    tracing = await startTracing({ service: 'test', version: '1' });
    const sent = await continueTrace({ traceparent, tracestate: 'vendor=1' }, () =>
      withSpan('work', {}, async (span) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(span.isRecording()).toBe(false);
        return injectTrace({ 'cc-request-id': 'r-1' });
      }),
    );
    expect(sent).toEqual({ 'cc-request-id': 'r-1', traceparent, tracestate: 'vendor=1' });
    expect(injectTrace()).toEqual({});
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    traceparent.toUpperCase(),
    `00-${'a'.repeat(31)}-b-01`,
  ])('ignores the traceparent %j', async (header) => {
    tracing = await startTracing({ service: 'test', version: '1' });
    expect(continueTrace({ traceparent: header }, () => injectTrace())).toEqual({});
  });

  it('carries the trace of a request that nobody records on as it came', async () => {
    tracing = await startTracing({ service: 'test', version: '1' });
    expect(isRecorded(traceparent)).toBe(false);
    const sent = await requestContext.run({ requestId: 'r-1', traceparent }, async () => {
      await Promise.resolve();
      return injectTrace();
    });
    expect(sent).toEqual({ traceparent });
  });

  it('hands on the traceparent as it came while nothing is exported', async () => {
    tracing = await startTracing({ service: 'gateway', version: '1' });
    expect(await withSpanAside('searchJobs', { kind: 'server', traceparent }, (own) => Promise.resolve(own))).toBe(
      traceparent,
    );
  });

  // The last: exporting is started once in the life of a process.
  it('delivers spans with their parents to an OTLP collector, without what an error says about people', async () => {
    const sink = await collector();
    tracing = await startTracing({ service: 'identity', version: '1.2.3', endpoint: `${sink.url}/` });
    const failing = continueTrace({ traceparent }, () =>
      withSpan('outer', { kind: 'server', attributes: { route: 'searchJobs' } }, () =>
        withSpan('inner', {}, async () => {
          await Promise.resolve();
          throw new Error('no row for bob@example.org');
        }),
      ),
    );
    await expect(failing).rejects.toThrow('no row');
    await withSpanAside('searchJobs', { kind: 'server', traceparent }, async (own) => {
      await Promise.resolve();
      expect(injectTrace()).toEqual({});
      await continueTrace({ traceparent: own }, () => withSpan('jobs.search', {}, () => Promise.resolve()));
    });
    await tracing.stop();
    await sink.stop();

    expect(sink.paths).toEqual(['/v1/traces']);
    expect(sink.received.resource).toMatchObject({ 'service.name': 'identity', 'service.version': '1.2.3' });
    const [inner, outer, asked, door] = sink.received.spans;
    expect(sink.received.spans.map(({ name }) => name)).toEqual(['inner', 'outer', 'jobs.search', 'searchJobs']);
    expect(new Set(sink.received.spans.map(({ traceId }) => traceId))).toEqual(
      new Set(['4bf92f3577b34da6a3ce929d0e0e4736']),
    );
    expect([outer?.parentSpanId, door?.parentSpanId]).toEqual(['00f067aa0ba902b7', '00f067aa0ba902b7']);
    expect([inner?.parentSpanId, asked?.parentSpanId]).toEqual([outer?.spanId, door?.spanId]);
    expect(inner?.status).toMatchObject({ code: 2 });
    expect(sink.received.spans.map(({ text }) => text).join('')).not.toContain('bob@');
  });
});
