import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compileSchema, ImportedPosting } from '#contracts';
import { type Chunk, Chunker } from '../../apps/cli/src/import/chunks.js';
import { readPostings } from '../../apps/jobs-ingestion/src/index.js';

/** What is read: files as `careercopilot import` sends them, and sources as a run fetches them. */
export interface Material {
  what: string;
  chunks: readonly Chunk[];
  sources: readonly string[];
  env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const FILES = { 'linkedin-indeed-2018': 'linkedin_indeed_2018', 'hn-who-is-hiring': 'hn_who_is_hiring_2026_jan_mar' };

export async function readMaterial(): Promise<Material> {
  const corpus = corpusDir();
  if (corpus === undefined) {
    return {
      what: 'the bundled sample feed (CORPUS_DIR is not set)',
      chunks: [],
      sources: ['sample-feed'],
      env: {},
      stop: () => Promise.resolve(),
    };
  }
  const chunks: Chunk[] = [];
  for (const [source, name] of Object.entries(FILES)) {
    chunks.push(...(await chunksOf(join(corpus, 'job_postings', `${name}.jsonl.gz`), source)));
  }
  const replay = await replayed(join(corpus, 'api_responses'));
  return {
    what: 'job_postings/linkedin_indeed_2018 and hn_who_is_hiring as imports, api_responses/himalayas and arbeitnow as a run over HTTP',
    chunks,
    sources: ['himalayas', 'arbeitnow'],
    env: { HIMALAYAS_BASE_URL: replay.url, ARBEITNOW_BASE_URL: replay.url },
    stop: () => replay.stop(),
  };
}

async function chunksOf(file: string, source: string): Promise<Chunk[]> {
  const validator = compileSchema(ImportedPosting);
  const chunker = new Chunker();
  const chunks: Chunk[] = [];
  for await (const record of readPostings(createReadStream(file), { source })) {
    if ('problem' in record || !validator.check(record.posting)) continue;
    const ready = chunker.add({ file, line: record.line, posting: record.posting });
    if (typeof ready !== 'string') chunks.push(...ready);
  }
  return [...chunks, ...chunker.rest()];
}

/** The recorded answers on a local port, page by page as the sites give them. */
async function replayed(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const himalayas = items(folder, 'himalayas/himalayas_jobs_2026-08.json.gz', 'jobs');
  const arbeitnow = [
    ...items(folder, 'arbeitnow/arbeitnow_page_2026-04-23.json', 'data'),
    ...items(folder, 'arbeitnow/arbeitnow_2026-08.json', 'data'),
  ];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://replay');
    const offset = Number(searchParams.get('offset') ?? 0);
    const body =
      pathname === '/jobs/api'
        ? { jobs: himalayas.slice(offset, offset + 20), offset, limit: 20, totalCount: himalayas.length }
        : { data: arbeitnow, links: { next: null } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function items(folder: string, path: string, member: string): unknown[] {
  const file = join(folder, path);
  if (!existsSync(file)) throw new Error(`CORPUS_DIR has no api_responses/${path}`);
  const bytes = readFileSync(file);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const list: unknown = Reflect.get(JSON.parse(text) as object, member);
  return Array.isArray(list) ? (list as unknown[]) : [];
}

function corpusDir(): string | undefined {
  const folder = process.env['CORPUS_DIR'];
  if (folder === undefined || folder === '') return undefined;
  if (!existsSync(folder)) throw new Error(`CORPUS_DIR names ${folder}, which does not exist`);
  return folder;
}
