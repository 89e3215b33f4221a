import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, freePort } from '#testing';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
type Json = ReturnType<typeof JSON.parse>;

/** The text between `<!-- output:start -->` and its end, without the figures of one machine. */
const tableOf = (text: string): string[] =>
  text.split('\n').filter((line) => /^(source +result|sample-feed|total) /.test(line));

describe('a reader of the README', () => {
  let readme: string;
  let folder: string;
  let port: number;
  let server: ChildProcess;
  let screen = '';
  /** What each numbered block printed. */
  const printed = new Map<number, string>();

  beforeAll(async () => {
    readme = await readFile(join(root, 'README.md'), 'utf8');
    folder = await mkdtemp(join(tmpdir(), 'read me '));
    port = await freePort();
    const { PATH, HOME } = process.env;
    server = spawn(process.execPath, [join(root, 'dist/apps/standalone/src/main.js')], {
      cwd: folder,
      env: { PATH, HOME, API_PORT: String(port), FIRST_INGESTION: 'sample' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server.stdout?.setEncoding('utf8').on('data', (text: string) => (screen += text));
    await eventually(() => expect(screen).toContain('Ctrl-C stops.'), { timeoutMs: 100_000 });
  }, 120_000);

  afterAll(async () => {
    server.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Pasted into one shell, as a person does; each block's output to a file of its own. */
  it('pastes the five calls into a shell, and each of them works', async () => {
    const blocks = [...readme.matchAll(/```sh\n(# (\d)\. [\s\S]*?)```/g)];
    expect(blocks.map(([, , number]) => number)).toEqual(['1', '2', '3', '4', '5']);
    const script = blocks.map(([, text, number]) => `{ ${text}\n} > out.${number}`).join('\n');
    const shell = spawnSync('bash', ['-eu', '-o', 'pipefail'], {
      cwd: folder,
      input: script.replaceAll('localhost:8002', `127.0.0.1:${port}`),
      encoding: 'utf8',
    });
    expect([shell.status, shell.stderr]).toEqual([0, '']);
    for (const number of [2, 3, 4, 5]) printed.set(number, await readFile(join(folder, `out.${number}`), 'utf8'));
  });

  const answer = (number: number): Json => JSON.parse(printed.get(number) ?? 'null');

  it('is known to the platform with what he told', () => {
    expect(answer(2)).toMatchObject({ full_name: 'Mira Okafor', visa_sponsorship_required: true });
    expect(answer(2).skills).toEqual(['TypeScript', 'PostgreSQL', 'Kubernetes']);
  });

  it('finds employers who sponsor, each with the sentence that says so', () => {
    expect(answer(3).total).toBeGreaterThan(0);
    for (const job of answer(3).jobs) {
      expect(job).toMatchObject({ visa_sponsorship: true, visa: { verdict: 'yes' } });
      expect(job.visa.evidence[0]).toMatchObject({ quote: expect.stringMatching(/\S/) });
    }
  });

  it('gets recommendations whose parts add up to their scores', () => {
    const { recommendations } = answer(4);
    expect(recommendations.length).toBeGreaterThan(0);
    for (const { match_score, explanation } of recommendations) {
      const parts: number[] = Object.values(explanation.score_breakdown);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(match_score, 1);
    }
  });

  it('tracks an application for the best of them', () => {
    const [best] = answer(4).recommendations;
    expect(answer(5)).toMatchObject({ status: 'applied', job: { title: best.job.title } });
  });

  it('saw the same table as the README shows', () => {
    expect(tableOf(readme).map((line) => line.trim())).toEqual(tableOf(screen).map((line) => line.trim()));
  });

  it('cannot be robbed of it: the one-time password is refused where a proxy on this machine passes it on', async () => {
    const password = await readFile(join(folder, 'data/owner-password'), 'utf8');
    const signIn = async (headers: Record<string, string>): Promise<number> => {
      const body = JSON.stringify({ email: 'owner@localhost', password: password.trim() });
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
      return (await fetch(`http://127.0.0.1:${port}/api/v1/auth/login`, init)).status;
    };
    expect(await signIn({ 'x-forwarded-for': '127.0.0.1' })).toBe(403);
    expect(await signIn({})).toBe(200);
  });

  it('ends it with Ctrl-C', async () => {
    const ended = new Promise((resolve) => server.once('exit', (code, signal) => resolve([code, signal])));
    server.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });
});
