import { Outbox } from '#messaging';
import { type TestDatabase, createTestDatabase, type OpenedService } from '#testing';
import { systemClock, type Clock } from '#kernel';
import { jobsSchema } from '../../src/data-source.js';
import { CatalogueRepository } from '../../src/ingestion/catalogue.repository.js';
import { IngestionTurn } from '../../src/ingestion/ingestion-turn.js';
import { IngestionService } from '../../src/ingestion/ingestion.service.js';
import { WhoseWordsRepository } from '../../src/ingestion/whose-words.repository.js';
import type { NormalisedPosting } from '../../src/normalise/domain/posting.js';
import { type PostingDraft, toPosting } from '../../src/sources/index.js';

export const openJobs = async (): Promise<{ db: TestDatabase } & OpenedService> => {
  const db = await createTestDatabase([jobsSchema]);
  return { db, ...(await db.open(jobsSchema)) };
};

export const ingestionOver = ({ unitOfWork }: OpenedService, clock: Clock = systemClock): IngestionService => {
  const catalogue = new CatalogueRepository();
  const turn = new IngestionTurn(unitOfWork, catalogue, clock);
  return new IngestionService(turn, new Outbox('jobs-ingestion'), catalogue, new WhoseWordsRepository(), clock);
};

const SENTENCES = [
  'You build services that people rely on when they look for work in another country.',
  'We review each other every day and ship small changes several times a week.',
  'Our tools are PostgreSQL, TypeScript and Kubernetes, and we care about plain code.',
  'You talk with customers, write down what they need and turn it into something that works.',
  'The team sits in three time zones and meets twice a year for a week of planning.',
];

let counter = 0;

/** A posting that is unlike every other one unless the changes make it so. */
export function aPosting(changes: Partial<PostingDraft> & { source?: string } = {}): NormalisedPosting {
  counter += 1;
  const words = Array.from(
    { length: 40 },
    (_, index) => `${word(counter * 41 + index)} ${word(counter * 17 + index * 3)}`,
  );
  const { source = 'arbeitnow', ...draft } = changes;
  const posting = toPosting(
    {
      sourceId: `id-${counter}`,
      title: `${word(counter)} ${word(counter * 7)} Engineer`,
      company: `${word(counter * 3)} ${word(counter * 5)} GmbH`,
      locationText: 'Berlin, Germany',
      description: `${SENTENCES[counter % SENTENCES.length]} ${words.join(' ')}.`,
      postedAt: '2026-11-01T08:00:00Z',
      applyUrl: `https://jobs.example/${source}/${counter}`,
      raw: null,
      ...draft,
    },
    { source, attribution: null, now: new Date('2026-11-20T10:00:00Z') },
  );
  if ('reason' in posting) throw new Error(posting.reason);
  return posting;
}

const SYLLABLES = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti', 'vo', 'zu', 'pla', 'gro'];
const word = (seed: number): string => {
  let rest = Math.abs(Math.imul(seed + 1, 2_654_435_761)) % 1_000_003;
  let text = '';
  for (let index = 0; index < 4; index += 1) {
    text += SYLLABLES[rest % SYLLABLES.length];
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return text;
};

/** The row a test asked for; a missing one is the failure to report. */
export function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('no row');
  return row;
}
