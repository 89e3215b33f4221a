import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { Question } from './questions.js';

/**
 * The baseline of (b): the same statements, prepared, from a few connections straight to PostgreSQL. The session
 * settings are those of the service's search pool (libs/persistence, SEARCH_PLANNING).
 */
const questions = JSON.parse(readFileSync(process.env['QUESTIONS'] ?? '', 'utf8')) as Question[];
const clients = await Promise.all(
  Array.from({ length: Number(process.env['CONNECTIONS']) }, async () => {
    const client = new pg.Client({
      connectionString: process.env['DATABASE_URL'],
      options: '-c search_path=jobs,public -c plan_cache_mode=force_custom_plan -c jit=off -c random_page_cost=1.1',
    });
    await client.connect();
    return client;
  }),
);
const statements = questions.map(({ text, values }) => ({
  text,
  values: [...values],
  name: createHash('sha1').update(text).digest('hex'),
  rowMode: 'array' as const,
}));
process.stdout.write('ready\n');

for await (const line of createInterface({ input: process.stdin })) {
  const { amount, atOnce } = JSON.parse(line) as { amount: number; atOnce?: number };
  let next = 0;
  let bytes = 0;
  const durations: number[] = [];
  const totals: number[] = [];
  const started = performance.now();
  await Promise.all(
    clients.slice(0, atOnce).map(async (client) => {
      for (let index = next++; index < amount; index = next++) {
        const statement = statements[index % statements.length];
        if (statement === undefined) throw new Error('no statements');
        const asked = performance.now();
        const { rows } = await client.query<string[]>(statement);
        durations.push(performance.now() - asked);
        const answer = rows[0]?.[0] ?? '';
        bytes += answer.length;
        if (atOnce === 1) totals.push(Number(/^\{"total" : (\d+)/.exec(answer)?.[1]));
      }
    }),
  );
  const perSecond = (amount * 1000) / (performance.now() - started);
  durations.sort((a, b) => a - b);
  totals.sort((a, b) => a - b);
  const at = (share: number, list = durations): number => list[Math.floor(list.length * share)] ?? 0;
  process.stdout.write(
    `result ${JSON.stringify({ perSecond, p50: at(0.5), p95: at(0.95), p99: at(0.99), bytes, found: at(0.5, totals) })}\n`,
  );
}
