import { CLOSED_PORT_URL } from '#testing';
import { FRIEND, PASSWORD } from './people.js';
import { isSchema, type KnownIds } from './arbitrary.js';

const NOBODYS = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';
/** Parameters that are names. */
const KNOWN: Readonly<Record<string, string>> = { name: 'sample-feed', slug: FRIEND };
const OWN_JOBS = 'own jobs';
const MOST_PER_LIST = 50;
/** Members of answers that are lists under another name than the path they can be read at. */
const PATH_OF_LIST: Readonly<Record<string, string>> = {
  bookmarks: 'jobs',
  recommendations: 'jobs',
  sources: 'sources',
};

/** Ids (and names of sources) found in answers, by the segment of the path they belong to. */
export class Ids implements KnownIds {
  private readonly lists = new Map<string, string[]>();
  private turn = 0;

  any(): readonly string[] {
    return this.lists.get('jobs') ?? [];
  }

  /** Learns from an answer: lists by their name, a single thing by the path it came from. */
  learn(path: string, body: unknown): void {
    if (!isSchema(body)) return;
    for (const [name, value] of Object.entries(body)) {
      if (!Array.isArray(value)) continue;
      const segment = PATH_OF_LIST[name] ?? name.replaceAll('_', '-');
      for (const item of value) if (isSchema(item)) this.keep(segment, item.job_id ?? item.id ?? item.name);
    }
    const segments = path.split('/').filter((segment) => !segment.includes('{'));
    if (body.status === 'queued' || path.endsWith('/generate')) this.keep('generations', body.id);
    this.keep(segments.at(-1) === 'generate' ? 'cover-letters' : (segments.at(-1) ?? ''), body.id);
    // Published by the employer who asks; the others are found at sources and not his to change.
    if (path.endsWith('/jobs')) this.keep(OWN_JOBS, body.id);
    if (path.endsWith('/scrape')) this.keep('runs', body.job_id);
  }

  /** One that exists, a different one each time; for `/jobs/{id}` of the list `jobs`. */
  forParameter(path: string, name: string, role?: string): string {
    const segments = path.split('/');
    const segment = segments[segments.indexOf(`{${name}}`) - 1] ?? '';
    const list = this.lists.get(role === 'employer' && segment === 'jobs' ? OWN_JOBS : segment) ?? [];
    this.turn += 1;
    return (name === 'slug' ? undefined : list[this.turn % Math.max(1, list.length)]) ?? KNOWN[name] ?? NOBODYS;
  }

  /** Ids of examples replaced by ids of things that exist. */
  fill(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const jobs = this.any();
    this.turn += 1;
    const job = jobs[this.turn % Math.max(1, jobs.length)];
    return {
      ...body,
      ...('job_id' in body && job !== undefined ? { job_id: job } : {}),
      ...('current_password' in body ? { current_password: PASSWORD } : {}),
      // Of a webhook: it calls nobody.
      ...('url' in body ? { url: CLOSED_PORT_URL } : {}),
    };
  }

  private keep(segment: string, id: unknown): void {
    if (typeof id !== 'string') return;
    const list = this.lists.get(segment) ?? [];
    if (!list.includes(id)) this.lists.set(segment, [...list.slice(1 - MOST_PER_LIST), id]);
  }
}
