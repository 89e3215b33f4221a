import pg from 'pg';
import { companyName, newId } from '#kernel';
import { SOURCE_COLUMNS } from '../../apps/jobs-ingestion/src/ingestion/posting-row.js';
import { excerptOf } from '../../apps/jobs-ingestion/src/ingestion/domain/excerpt.js';
import { placeWords } from '../../apps/jobs-ingestion/src/ingestion/domain/place-words.js';
import { readPlaces } from '../../apps/jobs-ingestion/src/places/domain/place.js';
import { skillKey } from '../../apps/jobs-ingestion/src/search/domain/words.js';
import { LEVELS } from './occupations.js';
import { Random } from './random.js';
import type { Field, Vocabulary } from './vocabulary.js';

const BATCH = 2_000;
const DAY_MS = 86_400_000;
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'GBP', 'USD', 'CHF'];
const columns = Object.keys(SOURCE_COLUMNS).join(', ');
const recordset = Object.entries(SOURCE_COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');

/**
 * Fills the catalogue without the pipeline (which (c) measures). The indexes are built afterwards, as for any bulk load,
 * and the tables are vacuumed and analysed, as they are in an installation that has run for a while.
 */
export async function fillCatalogue(
  adminUrl: string,
  vocabulary: Vocabulary,
  count: number,
): Promise<{ medianLength: number }> {
  const client = new pg.Client({ connectionString: adminUrl, options: '-c search_path=jobs,public' });
  await client.connect();
  const random = new Random(20_261_120);
  const lengths: number[] = [];
  try {
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
       WHERE schemaname = 'jobs' AND tablename = 'posting' AND indexname <> 'posting_pkey'`,
    );
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    for (let made = 0; made < count; made += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - made) }, () => generated(vocabulary, random));
      lengths.push(...batch.map(({ description_text: text }) => text.length));
      await client.query(
        `WITH r AS (SELECT * FROM json_to_recordset($1::json) AS r(id uuid, source text, posted_at timestamptz, ${recordset})),
         inserted AS (
           INSERT INTO posting (id, source, posted_at, ${columns}, first_seen_at, updated_at)
           SELECT r.id, r.source, r.posted_at, ${columns}, r.posted_at, r.posted_at FROM r)
         INSERT INTO sighting (source, source_id, posting_id, content_hash, first_seen_at, last_seen_at, layer)
         SELECT r.source, r.id, r.id, '', r.posted_at, r.posted_at, 'first' FROM r`,
        [JSON.stringify(batch)],
      );
    }
    for (const { definition } of indexes) await client.query(definition);
    await client.query('VACUUM ANALYZE posting');
    await client.query('VACUUM ANALYZE sighting');
  } finally {
    await client.end();
  }
  return { medianLength: lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0 };
}

/** Type, level, language and verdict of one posting of the feed; everything else drawn anew. */
function generated(vocabulary: Vocabulary, random: Random) {
  const like = random.pick(vocabulary.rows);
  const field = random.pickEarly(vocabulary.fields);
  const skills = [...new Set(Array.from({ length: 2 + random.below(7) }, () => random.pickEarly(field.skills)))];
  const special = random.pick([...skills, random.pickEarly(field.jargon), '', '']);
  const title = `${random.pick(LEVELS)}${special} ${field.occupation}`.trim().replace(/\s+/g, ' ');
  const company = random.pickEarly(vocabulary.companies);
  const text = [
    ...Array.from({ length: 8 + random.below(14) }, () =>
      random.chance(0.25) ? random.pickEarly(vocabulary.sentences) : sentence(vocabulary, field, random),
    ),
    `You know ${skills.join(', ')}.`,
  ].join('\n');
  const paid = random.chance(0.55);
  const least = 30_000 + random.below(90) * 1_000;
  return {
    ...like,
    ...place(vocabulary, random),
    id: newId(),
    source: random.pick(['arbeitnow', 'greenhouse', 'himalayas', 'lever']),
    posted_at: new Date(Date.now() - random.next() ** 2 * 120 * DAY_MS).toISOString(),
    title,
    title_key: title.toLowerCase(),
    company,
    company_key: companyName(company).core,
    skills,
    skill_keys: skills.map(skillKey),
    excerpt: excerptOf(text),
    description_text: text,
    description_html: null,
    fingerprint: newId(),
    salary_min: paid ? least : null,
    salary_max: paid ? least + random.below(40) * 1_000 : null,
    salary_currency: paid ? random.pick(CURRENCIES) : null,
    salary_period: paid ? 'year' : null,
    expires_at: null,
  };
}

/** Words as often as a language uses them, mixed with those of the field. */
function sentence({ words }: Vocabulary, { jargon }: Field, random: Random): string {
  const spoken = Array.from({ length: 9 + random.below(11) }, () =>
    random.chance(0.25) ? random.pickEarly(jargon) : random.pickEarly(words),
  );
  return `${spoken.join(' ')}.`;
}

/** Nine of ten somewhere, most of them in a few large cities. */
function place({ cities }: Vocabulary, random: Random) {
  if (random.chance(0.1)) return { location: null, city: null, country: null, places: [], place_words: [] };
  const { city, country } = random.pickEarly(cities);
  const places = readPlaces(`${city}, ${country}`);
  const location = `${city}, ${country}`;
  return {
    location,
    city,
    country,
    places: places.map((one) => ({ city: one.city, region: one.subdivision ?? one.region, country: one.country })),
    place_words: placeWords(location, places),
  };
}
