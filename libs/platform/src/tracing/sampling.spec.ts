import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { context, propagation } from '@opentelemetry/api';
import { continueTrace } from './carrier.js';
import { admitTrace, isRecorded } from './sampling.js';
import { startTracing } from './start-tracing.js';
import type { Tracing } from './tracing-options.js';
import { withSpan } from './with-span.js';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const hex = (): string =>
  Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
const someTrace = (): string => `00-${hex()}${hex()}${hex()}${hex()}-00f067aa0ba902b7-01`;
const unflagged = (trace: string): string => `${trace.slice(0, -2)}00`;

describe('the share of traces that is recorded', () => {
  /** Takes everything; what arrives is not what these tests are about. */
  const collector = createServer((request, response) => {
    request.resume().once('end', () => response.end('{}'));
  });
  let endpoint: string;
  let tracing: Tracing | undefined;
  beforeAll(async () => {
    await once(collector.listen(0, '127.0.0.1'), 'listening');
    endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    collector.closeAllConnections();
    collector.close();
  });
  afterEach(async () => {
    await tracing?.stop();
    context.disable();
    propagation.disable();
  });

  // The first of the file: a process keeps the first sampler it was given.
  it('holds what was chosen where it came in, and that share of what starts by itself', async () => {
    tracing = await startTracing({ service: 'test', version: '1', endpoint, ratio: 0 });
    const recording = (kind: 'server' | 'internal'): Promise<boolean> =>
      withSpan('work', { kind }, async (span) => span.isRecording());
    expect(await recording('server')).toBe(true);
    expect(await recording('internal')).toBe(false);
    expect(await continueTrace({ traceparent }, () => recording('internal'))).toBe(true);
    expect(await continueTrace({ traceparent: unflagged(traceparent) }, () => recording('internal'))).toBe(false);
  });

  it('is kept over many requests, alike for those of one trace, whatever the client wants', async () => {
    tracing = await startTracing({ service: 'test', version: '1', endpoint, ratio: 0.25 });
    const traces = Array.from({ length: 2_000 }, someTrace);
    const admitted = traces.map(admitTrace);
    // Six standard deviations of what 2,000 coins give.
    expect(Math.abs(admitted.filter(({ isChosen }) => isChosen).length - 500)).toBeLessThan(120);
    expect(traces.map(unflagged).map(admitTrace)).toEqual(admitted);
    expect(admitted.map(({ isChosen, traceparent: sent }) => [sent, isChosen])).toEqual(
      admitted.map(({ isChosen }, index) => [`${traces[index]?.slice(0, -2)}${isChosen ? '01' : '00'}`, isChosen]),
    );
    expect(admitted.map(({ traceparent: sent }) => isRecorded(sent))).toEqual(admitted.map(({ isChosen }) => isChosen));
    const unnamed = Array.from({ length: 2_000 }, () => admitTrace(undefined)).filter(({ isChosen }) => isChosen);
    expect(Math.abs(unnamed.length - 500)).toBeLessThan(120);
  });

  it('is every request while they are few, and the share of those beyond', async () => {
    tracing = await startTracing({ service: 'test', version: '1', endpoint, ratio: 0, perSecond: 50 });
    const recorded = (): number =>
      Array.from({ length: 2_000 }, (_, at) => admitTrace(at % 2 === 0 ? undefined : someTrace())).filter(
        ({ isChosen }) => isChosen,
      ).length;
    const first = recorded();
    // The loop may run over the end of a second.
    expect([50, 100]).toContain(first);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect([50, 100]).toContain(recorded());
  });

  it('is nothing, and the trace goes on untouched, where nothing is exported', async () => {
    tracing = await startTracing({ service: 'test', version: '1' });
    expect(admitTrace(traceparent)).toEqual({ isChosen: false, traceparent });
    expect(isRecorded(traceparent)).toBe(false);
  });
});
