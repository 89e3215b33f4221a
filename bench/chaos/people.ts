import type pg from 'pg';
import { Api } from './api.js';
import { textOf } from './client.js';
import { type Cluster, OWNER } from './cluster.js';

const PASSWORD = 'seven purple elephants';
const START_PATIENCE_MS = 60_000;

export interface Person {
  userId: string;
  api: Api;
}

/** Registers and signs in through the door, before anything is broken. */
export async function registerPerson(cluster: Cluster, number: number): Promise<Person> {
  const email = `person${number}@chaos.example`;
  const anonymous = new Api(cluster.apiUrl);
  const body = { email, password: PASSWORD, full_name: `Person ${number}` };
  const userId = textOf(await must(anonymous, '/auth/register', body), 'id');
  return { userId, api: await signIn(cluster, email, PASSWORD) };
}

const signIn = async (cluster: Cluster, email: string, password: string): Promise<Api> =>
  new Api(
    cluster.apiUrl,
    textOf(await must(new Api(cluster.apiUrl), '/auth/login', { email, password }), 'access_token'),
  );

const SKILLS = ['TypeScript', 'Go', 'Nursing', 'Accounting', 'Welding', 'Rust', 'Physics', 'Payroll', 'Logistics'];
const CITIES = ['Berlin, Germany', 'Porto, Portugal', 'Oslo, Norway', 'Graz, Austria', 'Turku, Finland'];
const PER_IMPORT = 500;

/** Invented postings, imported through the door; answers their ids. Texts differ enough to be different openings. */
export async function importPostings(cluster: Cluster, database: pg.Pool, count: number): Promise<string[]> {
  const owner = await signIn(cluster, OWNER.email, OWNER.password);
  for (let from = 0; from < count; from += PER_IMPORT) {
    const postings = Array.from({ length: Math.min(PER_IMPORT, count - from) }, (_, index) => posting(from + index));
    await must(owner, '/admin/jobs/import', { postings });
  }
  const { rows } = await database.query<{ id: string }>('SELECT id FROM jobs.posting ORDER BY id');
  return rows.map((row) => row.id);
}

function posting(number: number) {
  const skill = SKILLS[number % SKILLS.length] ?? '';
  const word = number.toString(36).padStart(4, 'q');
  return {
    source: 'chaos',
    source_id: String(number),
    title: `${skill} specialist ${word}`,
    company: `Company ${word} Works`,
    location: CITIES[number % CITIES.length] ?? '',
    description: `Department ${word} looks for somebody who knows ${skill}. Room ${number * 7919} is waiting; team ${word}${word} of ${(number % 40) + 2} people builds machine ${number * 104_729}.`,
    url: `https://company-${word}.example/openings/${number}`,
  };
}

async function must(api: Api, path: string, body: unknown): Promise<unknown> {
  const until = performance.now() + START_PATIENCE_MS;
  const { answer } = await api.insist({ method: 'POST', path, body }, { until: () => until });
  if (answer.kind === 'ok') return JSON.parse(answer.text);
  throw new Error(`POST ${path}: ${answer.kind === 'unknown' ? answer.reason : `${answer.status} ${answer.text}`}`);
}
