import { Client } from 'undici';
import type { Apps } from '../support/apps.js';
import { type Spread, spread } from '../support/rounds.js';

export const KINDS = ['anonymous', 'with a token seen before', 'with a token seen for the first time'] as const;
type Kind = (typeof KINDS)[number];

export interface CheckTimes {
  kind: Kind;
  /** Medians of the rounds, in milliseconds. */
  p50: Spread;
  /** Per round: its median over that of the anonymous requests. */
  added: Spread;
}

interface Plan {
  apps: Apps;
  /** Anonymous and signed in may both call it and get the same. */
  path: string;
  email: string;
  password: string;
  rounds: number;
  /** Of every kind, in every round. */
  requests: number;
}

/** One request after the other over one connection, the kinds in turn: what they wait for is the work alone. */
export async function tokenCheck({ apps, path, email, password, rounds, requests }: Plan): Promise<CheckTimes[]> {
  const session = (await apps.post('/api/v1/auth/login', { email, password })) as Pair;
  const fresh = await freshTokens(apps, session.refresh_token, requests * (rounds + 1));
  const client = new Client(apps.url, { pipelining: 1 });
  const medians = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
  try {
    for (let round = 0; round <= rounds; round++) {
      const times = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
      for (let index = 0; index < requests; index++) {
        for (let turn = 0; turn < KINDS.length; turn++) {
          const kind = KINDS[(index + turn) % KINDS.length] ?? 'anonymous';
          const token = kind === KINDS[1] ? session.access_token : kind === KINDS[2] ? fresh.pop() : undefined;
          times.get(kind)?.push(await timeOf(client, path, token));
        }
      }
      // The first round warms code and caches.
      if (round > 0) for (const [kind, list] of times) medians.get(kind)?.push(spread(list).median);
    }
  } finally {
    await client.close();
  }
  const anonymous = medians.get('anonymous') ?? [];
  return [...medians].map(([kind, list]) => ({
    kind,
    p50: spread(list),
    added: spread(list.map((median, index) => median - (anonymous[index] ?? NaN))),
  }));
}

interface Pair {
  access_token: string;
  refresh_token: string;
}

/** Every refresh makes another access token of the same session. */
async function freshTokens(apps: Apps, refreshToken: string, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let refresh_token = refreshToken; tokens.length < count;) {
    const pair = (await apps.post('/api/v1/auth/refresh', { refresh_token })) as Pair;
    refresh_token = pair.refresh_token;
    tokens.push(pair.access_token);
  }
  return tokens;
}

async function timeOf(client: Client, path: string, token: string | undefined): Promise<number> {
  const began = performance.now();
  const { statusCode, body } = await client.request({
    path,
    method: 'GET',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  await body.arrayBuffer();
  const time = performance.now() - began;
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  return time;
}
