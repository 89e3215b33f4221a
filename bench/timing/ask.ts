import { Client } from 'undici';
import { spread } from '../support/rounds.js';
import { type Question, stranger } from './questions.js';

export interface Verdict {
  question: string;
  tries: number;
  /** Medians in milliseconds. */
  known: number;
  unknown: number;
  /** How often, of the pairs asked one after the other, the known address took longer: 0.5 says nothing. */
  knownSlower: number;
  /** Answers that differed by more than the request's id; one is one too many. */
  different: number;
}

/** Medians may differ by 5 % or by 3 ms, whichever is more. */
export const passes = ({ known, unknown, different }: Verdict): boolean =>
  different === 0 && Math.abs(known - unknown) <= Math.max(3, 0.05 * Math.min(known, unknown));

interface Plan {
  url: string;
  question: Question;
  people: readonly string[];
  /** Of each kind. */
  tries: number;
  /** Connections that ask at the same time. */
  lanes: number;
}

interface Answered {
  ms: number;
  text: string;
}

/** Asks about people and about strangers in turn, now the ones first and now the others. */
export async function ask({ url, question, people, tries, lanes }: Plan): Promise<Verdict> {
  const pairs: { known: Answered; unknown: Answered }[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    const client = new Client(url, { pipelining: 1, bodyTimeout: 60_000, headersTimeout: 60_000 });
    try {
      while (next < tries) {
        const index = next++;
        const person = (): Promise<Answered> => post(client, question, people[index % people.length] ?? '');
        const nobody = (): Promise<Answered> => post(client, question, stranger());
        if (index % 2 === 0) {
          const known = await person();
          pairs.push({ known, unknown: await nobody() });
        } else {
          const unknown = await nobody();
          pairs.push({ known: await person(), unknown });
        }
      }
    } finally {
      await client.close();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return {
    question: question.name,
    tries,
    known: spread(pairs.map(({ known }) => known.ms)).median,
    unknown: spread(pairs.map(({ unknown }) => unknown.ms)).median,
    knownSlower: pairs.filter(({ known, unknown }) => known.ms > unknown.ms).length / pairs.length,
    different: pairs.filter(({ known, unknown }) => known.text !== unknown.text).length,
  };
}

let asked = 0;

/** From another address every time, as whoever has many would: counters of addresses then say nothing either. */
async function post(client: Client, question: Question, email: string): Promise<Answered> {
  asked += 1;
  const from = `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
  const began = performance.now();
  const { statusCode, body } = await client.request({
    path: `/api/v1${question.path}`,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify(question.body(email)),
  });
  const text = await body.text();
  const ms = performance.now() - began;
  if (statusCode >= 500 || statusCode === 429) throw new Error(`${question.path} answered ${statusCode}: ${text}`);
  return { ms, text: `${statusCode} ${text.replace(/"request_id":"[^"]*"/, '')}` };
}
