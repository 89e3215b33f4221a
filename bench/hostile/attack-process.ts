import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';

/** Either an attack, or as much work for the processor without a byte to anybody. */
export type AttackPlan = { url: string; seconds: number } | { busy: number; seconds: number };
export interface AttackResult {
  /** How often each status was the answer, by attack; 0 where the connection was ended. */
  answers: Record<string, Record<number, number>>;
  /** Of one core: what the process itself took. */
  busy: number;
}

/** One at a time from each of these, as fast as a client of its own would: what one machine of a stranger sends. */
const LANES = 4;
const SLOW_CLIENTS = 200;
const PAUSE_MS = 10;
const BUSY_BYTES = 64 * 1024;

const JSON_TYPE = 'application/json';
const ATTACKS: Record<string, { path: string; body: string }> = {
  'bodies of 2 MB': { path: '/api/v1/auth/login', body: `{"password":"${'x'.repeat(2_000_000)}"}` },
  'bodies of just 1 MB': { path: '/api/v1/auth/login', body: `{"password":"${'x'.repeat(1_000_000)}"}` },
  'half a million brackets': { path: '/api/v1/auth/login', body: '['.repeat(500_000) },
  'lists of 100,000': { path: '/api/v1/auth/login', body: JSON.stringify({ password: Array(100_000).fill(1) }) },
  'a storm of sign-ins': { path: '/api/v1/auth/login', body: '{"email":"nobody@bench.example","password":"wrong"}' },
};

// One line in, one line out: the plan of a run and what came of it.
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`result ${JSON.stringify(await run(JSON.parse(line) as AttackPlan))}\n`);
}

async function run(plan: AttackPlan): Promise<AttackResult> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const until = began + plan.seconds * 1_000;
  const answers = 'url' in plan ? await attack(plan.url, until) : await beBusy(plan.busy, until);
  const { user, system } = process.cpuUsage(before);
  return { answers, busy: (user + system) / 1_000 / (performance.now() - began) };
}

async function attack(url: string, until: number): Promise<AttackResult['answers']> {
  const answers: AttackResult['answers'] = {};
  const lanes = Object.entries(ATTACKS).flatMap(([name, request]) => {
    const counts = (answers[name] = {});
    return Array.from({ length: LANES }, () => lane(url, request, counts, until));
  });
  const slow = Array.from({ length: SLOW_CLIENTS }, (_, index) => slowClient(url, index, until));
  await Promise.all([...lanes, ...slow]);
  return answers;
}

/** The share of each slice that the attack took; copies, as a client that sends does little else. */
async function beBusy(share: number, until: number): Promise<AttackResult['answers']> {
  const [from, to] = [Buffer.alloc(BUSY_BYTES, 1), Buffer.alloc(BUSY_BYTES)];
  while (performance.now() < until) {
    const sliceEnds = performance.now() + PAUSE_MS;
    const pauseAt = sliceEnds - PAUSE_MS * (1 - Math.min(share, 1));
    while (performance.now() < pauseAt) from.copy(to);
    await sleep(Math.max(0, sliceEnds - performance.now()));
  }
  return {};
}

async function lane(
  url: string,
  { path, body }: { path: string; body: string },
  counts: Record<number, number>,
  until: number,
): Promise<void> {
  const client = new Client(url, { pipelining: 1 });
  while (performance.now() < until) {
    const status = await client
      .request({ method: 'POST', path, headers: { 'content-type': JSON_TYPE }, body })
      .then(async (answer) => {
        await answer.body.dump();
        return answer.statusCode;
      })
      // Refused before all of it was read.
      .catch(() => 0);
    counts[status] = (counts[status] ?? 0) + 1;
    await sleep(PAUSE_MS);
  }
  await client.destroy();
}

/** A byte each second, half of them of a head that never ends, half of a body. */
async function slowClient(url: string, index: number, until: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const head = `POST /api/v1/auth/login HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: ${JSON_TYPE}\r\n`;
  while (performance.now() < until) {
    const socket = connect(Number(port), hostname);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    socket.write(index % 2 === 0 ? `${head}x-slow: ` : `${head}content-length: 1000\r\n\r\n`);
    const drip = setInterval(() => socket.write(' '), 1_000);
    await Promise.race([closed, sleep(until - performance.now())]);
    clearInterval(drip);
    socket.destroy();
  }
}
