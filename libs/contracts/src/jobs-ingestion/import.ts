import { defineRpc } from '../define.js';
import {
  Closed,
  CountryCode,
  CurrencyCode,
  Line,
  Nullable,
  type Static,
  StringEnum,
  Text,
  Timestamp,
  Type,
} from '../schema.js';
import { REMOTE_MODES } from '../identity/events.js';
import { SourceCounts } from './events.js';
import { EMPLOYMENT_TYPES, SALARY_PERIODS } from './posting.js';

const maybe = <S extends Parameters<typeof Nullable>[0]>(schema: S) => Type.Optional(Nullable(schema));

/** A posting from a file, with what the file says. Everything else is read from its text, as for any source. */
export const ImportedPosting = Closed({
  source: Line(1, 60),
  source_id: Line(1, 300),
  title: Line(1, 500),
  company: Line(1, 300),
  location: maybe(Line(0, 500)),
  country: maybe(CountryCode()),
  remote: maybe(StringEnum(REMOTE_MODES)),
  employment_type: maybe(StringEnum(EMPLOYMENT_TYPES)),
  experience_level: maybe(Line(0, 80)),
  description: maybe(Text(200_000, { description: 'Text or HTML.' })),
  url: maybe(Type.String({ maxLength: 2_000 })),
  salary_min: maybe(Type.Number({ minimum: 0 })),
  salary_max: maybe(Type.Number({ minimum: 0 })),
  currency: maybe(CurrencyCode()),
  salary_period: maybe(StringEnum(SALARY_PERIODS)),
  visa_sponsorship: maybe(Type.Boolean()),
  tags: Type.Optional(Type.Array(Line(1, 80), { maxItems: 60 })),
  posted_at: maybe(Timestamp()),
  expires_at: maybe(Timestamp()),
});
export type ImportedPosting = Static<typeof ImportedPosting>;

/** Keep a request below 1 MB (the size of a message on the bus): split longer files. */
export const importPostings = defineRpc('jobs-ingestion', 'posting.import', {
  request: Closed({ postings: Type.Array(ImportedPosting, { minItems: 1, maxItems: 1_000 }) }),
  response: Closed({
    counts: SourceCounts,
    rejected: Type.Array(
      Closed({ index: Type.Integer({ minimum: 0 }), source_id: Type.String(), reason: Type.String() }),
    ),
  }),
});
export type ImportPostingsRequest = Static<typeof importPostings.request>;
export type ImportPostingsResponse = Static<typeof importPostings.response>;
