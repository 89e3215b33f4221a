import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, BusMessage, ConsumerSpec, Delivery, StreamSpec } from '#messaging';

/** What an adapter's spec brings: buses on one broker, and a way to make it forget a stream. */
export interface BusUnderTest {
  /** A further instance, as another replica would have it. */
  connect(streams: readonly StreamSpec[]): Promise<Bus>;
  /** Deletes a stream behind the adapter's back. */
  deleteStream(name: string): Promise<void>;
  stop(): Promise<void>;
}

const EVENTS = 'EVT_TEST';
const WORK = 'CMD_TEST';
const stream = (name: string, kind: StreamSpec['kind'], subject: string): StreamSpec => ({
  name,
  kind,
  subjects: [subject],
  maxAgeMs: kind === 'work' ? 0 : 3_600_000,
  maxBytes: 64 * 1024 * 1024,
  duplicateWindowMs: 600_000,
  replicas: 1,
});
const STREAMS = [stream(EVENTS, 'events', 'evt.test.>'), stream(WORK, 'work', 'cmd.test.>')];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);

let counter = 0;
const unique = (): string => `u${process.pid}x${(counter += 1)}`;
const message = (subject: string, payload = 'x', headers: Record<string, string> = {}): BusMessage => ({
  subject,
  payload: bytes(payload),
  headers,
});
const until = async (condition: () => boolean, withinMs = 3_000): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!condition() && Date.now() < deadline) await sleep(5);
  expect(condition()).toBe(true);
};

/** Every promise of the port, checked on the real adapter. */
export function describeBus(name: string, start: () => Promise<BusUnderTest>): void {
  describe(`bus contract: ${name}`, () => {
    let broker: BusUnderTest;
    let a: Bus;
    let b: Bus;

    beforeAll(async () => {
      broker = await start();
      a = await broker.connect(STREAMS);
      b = await broker.connect(STREAMS);
    }, 60_000);
    afterAll(async () => {
      await a?.close();
      await b?.close();
      await broker?.stop();
    }, 60_000);

    /** A consumer of its own subject, so that tests do not meet each other's messages. */
    const consumer = (topic: string, overrides: Partial<ConsumerSpec> = {}): ConsumerSpec => ({
      stream: EVENTS,
      durable: `test-${topic}`,
      filterSubject: `evt.test.${topic}.>`,
      ackWaitMs: 30_000,
      maxAckPending: 100,
      ...overrides,
    });
    const tell = async (topic: string, ...payloads: string[]): Promise<void> => {
      for (const payload of payloads) await a.append(EVENTS, unique(), message(`evt.test.${topic}.happened`, payload));
    };
    const fetchAll = async (bus: Bus, spec: ConsumerSpec, count: number, withinMs = 5_000): Promise<Delivery[]> => {
      const got: Delivery[] = [];
      const deadline = Date.now() + withinMs;
      while (got.length < count && Date.now() < deadline) got.push(...(await bus.fetch(spec, count - got.length, 500)));
      return got;
    };
    const payloads = (deliveries: readonly Delivery[]): string[] => deliveries.map((d) => text(d.payload));

    describe('ask', () => {
      it('carries bytes and headers both ways unchanged', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const every = Uint8Array.from({ length: 256 }, (_, index) => index);
        const stop = await b.respond(subject, 'q', async (request) => ({
          payload: request.payload.slice().reverse(),
          headers: { 'cc-error': '0', echo: request.headers['cc-caller'] ?? 'none', subject: request.subject },
        }));
        const caller = '{"user_id":"ü € 漢"}';
        const reply = await a.request({ subject, payload: every, headers: { 'cc-caller': caller } }, 2_000);
        expect([...reply.payload]).toEqual([...every].reverse());
        expect(reply.headers).toEqual({ 'cc-error': '0', echo: caller, subject });
        await stop();
      });

      it('refuses at once with unavailable when nobody answers the subject', async () => {
        const before = performance.now();
        const asked = a.request(message(`rpc.test.${unique()}.get.v1`), 5_000);
        await expect(asked).rejects.toMatchObject({ name: 'AppError', kind: 'unavailable', retryable: true });
        expect(performance.now() - before).toBeLessThan(1_000);
      });

      it('refuses with unavailable again after the only responder left', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const stop = await b.respond(subject, 'q', async () => ({ payload: bytes('here'), headers: {} }));
        expect(text((await a.request(message(subject), 1_000)).payload)).toBe('here');
        await stop();
        await expect(a.request(message(subject), 1_000)).rejects.toMatchObject({ kind: 'unavailable' });
      });

      it('gives up with timeout when the deadline passes before the answer', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const stop = await b.respond(subject, 'q', async () => {
          await sleep(400);
          return { payload: bytes('late'), headers: {} };
        });
        const before = performance.now();
        await expect(a.request(message(subject), 100)).rejects.toMatchObject({ kind: 'timeout', retryable: true });
        expect(performance.now() - before).toBeLessThan(350);
        await stop();
      });

      it('shares requests among the replicas of one queue and asks only one of them', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const answered = { a: 0, b: 0 };
        const responder = (who: 'a' | 'b') => async () => {
          answered[who] += 1;
          return { payload: bytes(who), headers: {} };
        };
        const stops = [await a.respond(subject, 'q', responder('a')), await b.respond(subject, 'q', responder('b'))];
        for (let index = 0; index < 60; index += 1) await a.request(message(subject), 2_000);
        expect(answered.a + answered.b).toBe(60);
        expect(Math.min(answered.a, answered.b)).toBeGreaterThan(5);
        for (const stop of stops) await stop();
      });

      it('does not let caller and responder share memory', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const kept = bytes('answer');
        const stop = await a.respond(subject, 'q', async (request) => {
          request.payload.fill(0);
          return { payload: kept, headers: {} };
        });
        const sent = bytes('question');
        const reply = await a.request({ subject, payload: sent, headers: {} }, 1_000);
        reply.payload.fill(0);
        expect(text(sent)).toBe('question');
        expect(text(kept)).toBe('answer');
        await stop();
      });

      it('carries a megabyte and refuses what is too large before it leaves', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const stop = await b.respond(subject, 'q', async (request) => ({ payload: request.payload, headers: {} }));
        const megabyte = new Uint8Array(1024 * 1024).fill(7);
        const reply = await a.request({ subject, payload: megabyte, headers: {} }, 5_000);
        expect(Buffer.compare(reply.payload, megabyte)).toBe(0);
        const huge = { subject, payload: new Uint8Array(8 * 1024 * 1024), headers: {} };
        await expect(a.request(huge, 5_000)).rejects.toMatchObject({ kind: 'too-large' });
        await expect(a.append(EVENTS, unique(), { ...huge, subject: 'evt.test.huge.happened' })).rejects.toMatchObject({
          kind: 'too-large',
          message: expect.stringContaining('at most'),
        });
        await stop();
      });

      it('answers with an error instead of leaving the caller waiting when the reply is too large', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const stop = await b.respond(subject, 'q', async () => ({
          payload: new Uint8Array(8 * 1024 * 1024),
          headers: {},
        }));
        const reply = await a.request(message(subject), 3_000);
        expect(reply.headers['cc-error']).toBe('1');
        expect(JSON.parse(text(reply.payload))).toMatchObject({ kind: 'too-large' });
        await stop();
      });
    });

    describe('publish and subscribe', () => {
      it('reaches every subscriber whose pattern fits, on every instance, and no other', async () => {
        const topic = unique();
        const heard: string[] = [];
        const stops = await Promise.all([
          a.subscribe(`live.${topic}.*`, (m) => heard.push(`one:${m.subject}:${text(m.payload)}`)),
          b.subscribe(`live.${topic}.>`, (m) => heard.push(`many:${m.subject}:${m.headers.h ?? ''}`)),
          b.subscribe(`live.${topic}x.>`, () => heard.push('wrong')),
        ]);
        await a.publish(message(`live.${topic}.u1`, 'p', { h: 'v' }));
        await a.publish(message(`live.${topic}.u1.deep`, 'p', { h: 'w' }));
        await until(() => heard.length >= 3);
        await sleep(50);
        expect(heard.sort()).toEqual(
          [`many:live.${topic}.u1.deep:w`, `many:live.${topic}.u1:v`, `one:live.${topic}.u1:p`].sort(),
        );
        for (const stop of stops) await stop();
        await a.publish(message(`live.${topic}.u1`));
        await sleep(50);
        expect(heard).toHaveLength(3);
      });

      it('hears appends as they happen, and goes on after a listener that throws', async () => {
        const topic = unique();
        const heard: string[] = [];
        const stopBad = await b.subscribe(`evt.test.${topic}.>`, () => {
          throw new Error('listener failed');
        });
        const stop = await b.subscribe(`evt.test.${topic}.>`, (m) => heard.push(text(m.payload)));
        await tell(topic, 'one', 'two');
        await until(() => heard.length === 2);
        expect(heard).toEqual(['one', 'two']);
        await stop();
        await stopBad();
      });
    });

    describe('append', () => {
      it('numbers messages upwards and delivers them in that order with id, subject and headers', async () => {
        const topic = unique();
        const ids = [unique(), unique(), unique()];
        const appended = [];
        for (const id of ids) {
          appended.push(await a.append(EVENTS, id, message(`evt.test.${topic}.happened`, id, { 'cc-request-id': id })));
        }
        const sequences = appended.map((one) => one.sequence);
        expect(sequences).toEqual([...sequences].sort((x, y) => x - y));
        expect(new Set(sequences).size).toBe(3);
        expect(appended.every((one) => one.stream === EVENTS && !one.duplicate)).toBe(true);
        const got = await fetchAll(b, consumer(topic), 3);
        expect(got.map((d) => [d.messageId, d.sequence, d.subject, d.headers['cc-request-id'], d.attempt])).toEqual(
          ids.map((id, index) => [id, sequences[index], `evt.test.${topic}.happened`, id, 1]),
        );
        await Promise.all(got.map((d) => d.ack()));
      });

      it('stores the same message id once and answers with the first place', async () => {
        const topic = unique();
        const id = unique();
        const first = await a.append(EVENTS, id, message(`evt.test.${topic}.happened`));
        const again = await b.append(EVENTS, id, message(`evt.test.${topic}.happened`));
        expect(again).toEqual({ stream: EVENTS, sequence: first.sequence, duplicate: true });
        expect(await fetchAll(a, consumer(topic), 2, 700)).toHaveLength(1);
      });

      it('stores the same id once when two instances race', async () => {
        const topic = unique();
        const ids = Array.from({ length: 20 }, unique);
        const results = await Promise.all(
          ids.flatMap((id) => [a, b].map((bus) => bus.append(EVENTS, id, message(`evt.test.${topic}.happened`, id)))),
        );
        expect(results.filter((one) => one.duplicate)).toHaveLength(20);
        const got = await fetchAll(a, consumer(topic), 21, 1_500);
        expect(payloads(got).sort()).toEqual([...ids].sort());
      });

      it('remembers the id of work that is done already', async () => {
        const id = unique();
        const spec = consumer('done', { stream: WORK, durable: 'test-done', filterSubject: 'cmd.test.done.v1' });
        await a.append(WORK, id, message('cmd.test.done.v1'));
        const [delivery] = await a.fetch(spec, 1, 2_000);
        await delivery?.ack();
        expect(await a.append(WORK, id, message('cmd.test.done.v1'))).toMatchObject({ duplicate: true });
        expect(await a.fetch(spec, 1, 200)).toEqual([]);
      });

      it('is refused as unavailable when the stream is not there', async () => {
        const lost = a.append('EVT_NOWHERE', unique(), message('evt.nowhere.thing.happened'));
        await expect(lost).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
      });
    });

    describe('fetch', () => {
      it('waits for the first message and returns without waiting for a full batch', async () => {
        const topic = unique();
        const waiting = b.fetch(consumer(topic), 10, 5_000);
        await sleep(100);
        const before = performance.now();
        await tell(topic, 'first');
        expect(payloads(await waiting)).toEqual(['first']);
        expect(performance.now() - before).toBeLessThan(1_000);
      });

      it('returns nothing, in time, when there is nothing', async () => {
        const before = performance.now();
        expect(await a.fetch(consumer(unique()), 5, 300)).toEqual([]);
        expect(performance.now() - before).toBeLessThan(1_500);
      });

      it('ends at once when it is told to stop, and leaves what comes later to others', async () => {
        const topic = unique();
        const stop = new AbortController();
        const stopped = a.fetch(consumer(topic), 5, 60_000, stop.signal);
        await sleep(100);
        stop.abort();
        expect(await stopped).toEqual([]);
        expect(await a.fetch(consumer(topic), 5, 60_000, stop.signal)).toEqual([]);
        await tell(topic, 'later');
        const [delivery] = await b.fetch(consumer(topic), 5, 20_000);
        expect([delivery?.attempt, payloads(delivery === undefined ? [] : [delivery])]).toEqual([1, ['later']]);
        await delivery?.ack();
      });

      it('takes only what its filter lets through', async () => {
        const topic = unique();
        await a.append(EVENTS, unique(), message(`evt.test.${topic}.thing.made.v1`, 'made'));
        await a.append(EVENTS, unique(), message(`evt.test.${topic}.thing.gone.v1`, 'gone'));
        await a.append(EVENTS, unique(), message(`evt.test.${topic}.other.made.v1`, 'other'));
        const of = async (suffix: string, filterSubject: string): Promise<string[]> =>
          payloads(await fetchAll(a, consumer(topic, { durable: `test-${topic}-${suffix}`, filterSubject }), 3, 700));
        expect(await of('all', `evt.test.${topic}.>`)).toEqual(['made', 'gone', 'other']);
        expect(await of('token', `evt.test.${topic}.*.made.v1`)).toEqual(['made', 'other']);
        expect(await of('exact', `evt.test.${topic}.thing.gone.v1`)).toEqual(['gone']);
      });

      it('gives each message to one of two instances that fetch at once', async () => {
        const topic = unique();
        const sent = Array.from({ length: 60 }, (_, index) => `m${index}`);
        await Promise.all(sent.map((p) => a.append(EVENTS, unique(), message(`evt.test.${topic}.happened`, p))));
        const spec = consumer(topic);
        const seen: string[] = [];
        const drain = async (bus: Bus): Promise<number> => {
          let count = 0;
          for (;;) {
            const batch = await bus.fetch(spec, 5, 400);
            if (batch.length === 0) return count;
            seen.push(...payloads(batch));
            count += batch.length;
            await Promise.all(batch.map((d) => d.ack()));
          }
        };
        const counts = await Promise.all([drain(a), drain(b), drain(a)]);
        expect(seen.sort()).toEqual([...sent].sort());
        expect(counts.reduce((x, y) => x + y, 0)).toBe(60);
      });

      it('keeps its place across instances and a new connection', async () => {
        const topic = unique();
        await tell(topic, '1', '2', '3');
        const spec = consumer(topic);
        for (const delivery of await fetchAll(a, spec, 2)) await delivery.ack();
        const fresh = await broker.connect(STREAMS);
        expect(payloads(await fetchAll(fresh, spec, 2, 800))).toEqual(['3']);
        await fresh.close();
      });

      it('never hands out more unsettled messages than agreed, over two instances', async () => {
        const topic = unique();
        await tell(topic, '1', '2', '3', '4', '5');
        const spec = consumer(topic, { maxAckPending: 3 });
        const first = [...(await a.fetch(spec, 2, 500)), ...(await b.fetch(spec, 5, 500))];
        expect(payloads(first)).toEqual(['1', '2', '3']);
        expect(await b.fetch(spec, 5, 300)).toEqual([]);
        await first[0]?.ack();
        expect(payloads(await b.fetch(spec, 5, 1_500))).toEqual(['4']);
      });

      it('wakes a waiting instance when another settles and room appears', async () => {
        const topic = unique();
        await tell(topic, '1', '2');
        const spec = consumer(topic, { maxAckPending: 1 });
        const [held] = await a.fetch(spec, 1, 500);
        const waiting = b.fetch(spec, 1, 4_000);
        await sleep(100);
        const before = performance.now();
        await held?.ack();
        expect(payloads(await waiting)).toEqual(['2']);
        expect(performance.now() - before).toBeLessThan(1_500);
      });
    });

    describe('settle', () => {
      it('delivers again only after the delay of a nak, with the attempt counted', async () => {
        const topic = unique();
        await tell(topic, 'retry');
        const spec = consumer(topic);
        const [first] = await a.fetch(spec, 1, 1_000);
        await first?.nak(600);
        const before = performance.now();
        const [second] = await fetchAll(b, spec, 1);
        expect(performance.now() - before).toBeGreaterThan(450);
        expect(performance.now() - before).toBeLessThan(2_500);
        expect(second?.attempt).toBe(2);
        await second?.nak(0);
        const [third] = await fetchAll(a, spec, 1);
        expect(third?.attempt).toBe(3);
        await third?.ack();
        expect(await a.fetch(spec, 1, 300)).toEqual([]);
      });

      it('delivers again after the ack-wait when nobody settles', async () => {
        const topic = unique();
        await tell(topic, 'lost');
        const spec = consumer(topic, { ackWaitMs: 700 });
        expect(await a.fetch(spec, 1, 500)).toHaveLength(1);
        expect(await b.fetch(spec, 1, 200)).toEqual([]);
        const [again] = await fetchAll(b, spec, 1, 3_000);
        expect(again?.attempt).toBe(2);
        await again?.ack();
      });

      it('does not deliver again while the handler extends, though a delayed nak is waiting beside it', async () => {
        const topic = unique();
        await tell(topic, 'slow', 'failing');
        const spec = consumer(topic, { ackWaitMs: 600 });
        const [slow, failing] = await fetchAll(a, spec, 2);
        await failing?.nak(300);
        const got: string[] = [];
        const end = Date.now() + 2_000;
        while (Date.now() < end) {
          await slow?.extend();
          for (const delivery of await b.fetch(spec, 5, 150)) {
            got.push(`${text(delivery.payload)}:${delivery.attempt}`);
            await delivery.nak(400);
          }
        }
        expect(got.length).toBeGreaterThanOrEqual(2);
        expect(got.every((entry) => entry.startsWith('failing:'))).toBe(true);
        expect(got).toEqual(got.map((_, index) => `failing:${index + 2}`));
        await slow?.ack();
        expect((await b.fetch(spec, 5, 700)).map((d) => text(d.payload))).not.toContain('slow');
      });

      it('never delivers again what was terminated or acked', async () => {
        const topic = unique();
        await tell(topic, 'poison', 'good');
        const spec = consumer(topic, { ackWaitMs: 500 });
        const [poison, good] = await fetchAll(a, spec, 2);
        await poison?.terminate();
        await good?.ack();
        expect(await b.fetch(spec, 5, 1_000)).toEqual([]);
        expect(await a.lag(spec)).toBe(0);
      });

      it('takes work off the queue for good when it is acked', async () => {
        const spec = consumer('work', { stream: WORK, durable: 'test-work', filterSubject: 'cmd.test.work.v1' });
        await a.append(WORK, unique(), message('cmd.test.work.v1', 'job'));
        const [job] = await a.fetch(spec, 1, 1_000);
        expect(text(job?.payload ?? bytes(''))).toBe('job');
        await job?.ack();
        const late = { ...spec, durable: 'test-work-late' };
        if (a.adapter === 'local') expect(await a.fetch(late, 1, 200)).toEqual([]);
        expect(await a.lag(spec)).toBe(0);
      });

      it('acks a hundred at once', async () => {
        const topic = unique();
        const sent = Array.from({ length: 100 }, unique);
        await Promise.all(sent.map((id) => a.append(EVENTS, id, message(`evt.test.${topic}.happened`, id))));
        const spec = consumer(topic, { ackWaitMs: 1_000 });
        const got = await fetchAll(a, spec, 100);
        expect(got).toHaveLength(100);
        await Promise.all(got.map((d) => d.ack()));
        expect(await a.lag(spec)).toBe(0);
        expect(await b.fetch(spec, 10, 1_200)).toEqual([]);
      });
    });

    describe('state', () => {
      it('counts as lag what waits and what is handed out', async () => {
        const topic = unique();
        const spec = consumer(topic);
        expect(await a.lag(spec)).toBe(0);
        await tell(topic, '1', '2', '3');
        expect(await a.lag(spec)).toBe(3);
        const [one, two] = await fetchAll(a, spec, 2);
        expect(await b.lag(spec)).toBe(3);
        await one?.ack();
        await two?.nak(60_000);
        expect(await b.lag(spec)).toBe(2);
      });

      it('reports the last sequence, and another creation when the stream was made anew', async () => {
        const own = stream('EVT_FORGETFUL', 'events', 'evt.forgetful.>');
        const bus = await broker.connect([own]);
        const { sequence } = await bus.append(own.name, unique(), message('evt.forgetful.a.v1'));
        const before = await bus.streamState(own.name);
        expect(before).toMatchObject({ name: own.name, lastSequence: sequence });
        expect(await bus.streamState(own.name)).toEqual(before);
        await broker.deleteStream(own.name);
        await sleep(20);
        const renewed = await broker.connect([own]);
        const after = await renewed.streamState(own.name);
        expect(after.created).not.toBe(before.created);
        expect(after.lastSequence).toBe(0);
        await renewed.close();
        await bus.close();
      });

      it('makes its own stream anew and says so when it vanished under a living connection', async () => {
        const own = stream('EVT_VANISHING', 'events', 'evt.vanishing.>');
        const bus = await broker.connect([own]);
        let connected = 0;
        bus.onConnected(() => (connected += 1));
        await until(() => connected === 1);
        await broker.deleteStream(own.name);
        const deadline = Date.now() + 5_000;
        let sequence = 0;
        while (sequence === 0 && Date.now() < deadline) {
          await bus.append(own.name, unique(), message('evt.vanishing.a.v1')).then(
            (done) => (sequence = done.sequence),
            () => sleep(50),
          );
        }
        expect(sequence).toBe(1);
        expect(connected).toBe(2);
        await bus.close();
      });

      it('is connected, and tells a listener that comes late', async () => {
        let called = 0;
        expect(a.isConnected()).toBe(true);
        a.onConnected(() => (called += 1));
        await until(() => called === 1);
      });
    });

    describe('close', () => {
      it('lets a running answer finish, takes no further request, and ends waiting fetches', async () => {
        const subject = `rpc.test.${unique()}.get.v1`;
        const bus = await broker.connect(STREAMS);
        let started = false;
        await bus.respond(subject, 'q', async () => {
          started = true;
          await sleep(300);
          return { payload: bytes('finished'), headers: {} };
        });
        const running = a.request(message(subject), 3_000);
        const waiting = bus.fetch(consumer(unique()), 1, 10_000);
        await until(() => started);
        const before = performance.now();
        const closing = bus.close();
        expect(text((await running).payload)).toBe('finished');
        await closing;
        expect(await waiting).toEqual([]);
        expect(performance.now() - before).toBeLessThan(3_000);
        expect(bus.isConnected()).toBe(false);
        await expect(a.request(message(subject), 500)).rejects.toMatchObject({ kind: 'unavailable' });
      });

      it('gives what it was about to receive to the others without waiting for the ack-wait', async () => {
        const topic = unique();
        const spec = consumer(topic);
        const bus = await broker.connect(STREAMS);
        const waiting = bus.fetch(spec, 5, 10_000);
        await sleep(100);
        await Promise.all([tell(topic, 'm'), bus.close()]);
        const mine = await waiting;
        const others = await fetchAll(b, spec, 1, 2_000);
        expect(mine.length + others.length).toBe(1);
      });
    });
  });
}
