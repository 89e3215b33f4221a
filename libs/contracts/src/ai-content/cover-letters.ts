import { defineCommand, defineRpc } from '../define.js';
import {
  Closed,
  Empty,
  Line,
  Nullable,
  Page,
  PageQuery,
  type Static,
  StringEnum,
  Text,
  Timestamp,
  Type,
  Uuid,
} from '../schema.js';
import { GENERATION_KINDS } from './events.js';

export const LETTER_TONES = ['professional', 'enthusiastic', 'formal', 'friendly'] as const;
export const LETTER_LENGTHS = ['short', 'medium', 'long'] as const;
/** Languages the built-in writer knows. */
export const LETTER_LANGUAGES = ['en', 'de', 'fr'] as const;
export const GENERATION_STATUSES = ['queued', 'running', 'succeeded', 'failed'] as const;

export const GenerateCoverLetterRequest = Closed({
  job_id: Uuid(),
  provider: Type.Optional(
    Line(1, 40, { description: '`offline` is the built-in writer; see GET /ai/providers.', examples: ['offline'] }),
  ),
  model: Type.Optional(Line(1, 80)),
  tone: Type.Optional(StringEnum(LETTER_TONES, { default: 'professional' })),
  length: Type.Optional(StringEnum(LETTER_LENGTHS, { default: 'medium' })),
  highlights: Type.Optional(
    Type.Array(Line(1, 300), { maxItems: 5, description: 'Your own statements to include, word for word.' }),
  ),
  language: Type.Optional(StringEnum(LETTER_LANGUAGES, { description: 'The language of the posting unless told.' })),
});
export type GenerateCoverLetterRequest = Static<typeof GenerateCoverLetterRequest>;

/** Which facts a sentence rests on. A sentence without a fact claims nothing about the person. */
export const GroundedSentence = Closed({
  sentence: Type.String(),
  facts: Type.Array(
    Closed({
      source: Type.String({
        description: 'Where the fact stands, e.g. `profile.experience[0].title` or `job.company`.',
      }),
      value: Type.String(),
    }),
  ),
});
export type GroundedSentence = Static<typeof GroundedSentence>;

export const CoverLetter = Closed({
  id: Uuid(),
  job_id: Nullable(Uuid()),
  content: Type.String(),
  language: Type.String(),
  tone: Type.String(),
  length: Type.String(),
  provider: Type.String(),
  model: Type.String(),
  tokens_used: Nullable(
    Type.Integer({ description: 'As the provider counted; 0 for the built-in writer, null when unknown.' }),
  ),
  cost: Nullable(Type.Number({ description: 'USD, six places; null when unknown.' })),
  generation_time_ms: Type.Integer(),
  grounding: Type.Array(GroundedSentence),
  edited: Type.Boolean({ description: 'Changed by its owner; the grounding then speaks of the text as generated.' }),
  created_at: Timestamp(),
  updated_at: Timestamp(),
});
export type CoverLetter = Static<typeof CoverLetter>;

export const Generation = Closed({
  id: Uuid(),
  kind: StringEnum(GENERATION_KINDS),
  status: StringEnum(GENERATION_STATUSES),
  job_id: Nullable(Uuid()),
  provider: Type.String(),
  error: Nullable(Closed({ code: Type.String(), message: Type.String() })),
  created_at: Timestamp(),
  finished_at: Nullable(Timestamp()),
});
export type Generation = Static<typeof Generation>;

/** Enqueues and answers at once; the idempotency of a generation hangs on this one. */
export const startCoverLetter = defineRpc('ai-content', 'cover-letter.start', {
  request: GenerateCoverLetterRequest,
  response: Generation,
  idempotent: true,
});
/** Enqueues and waits for the result; when the deadline comes first, answers the generation as it stands. */
export const generateCoverLetter = defineRpc('ai-content', 'cover-letter.generate', {
  request: GenerateCoverLetterRequest,
  response: Type.Union([CoverLetter, Generation]),
  idempotent: true,
});
export const listCoverLetters = defineRpc('ai-content', 'cover-letter.list', {
  request: Closed({ ...PageQuery, job_id: Type.Optional(Uuid()) }),
  response: Page('cover_letters', CoverLetter),
});
const ById = Closed({ cover_letter_id: Uuid() });
export const getCoverLetter = defineRpc('ai-content', 'cover-letter.get', { request: ById, response: CoverLetter });
export const UpdateCoverLetterRequest = Closed({ content: Text(20_000, { minLength: 1 }) });
export const updateCoverLetter = defineRpc('ai-content', 'cover-letter.update', {
  request: Closed({ cover_letter_id: Uuid(), ...UpdateCoverLetterRequest.properties }),
  response: CoverLetter,
});
export const deleteCoverLetter = defineRpc('ai-content', 'cover-letter.delete', { request: ById, response: Empty });
export const getGeneration = defineRpc('ai-content', 'generation.get', {
  request: Closed({ generation_id: Uuid() }),
  response: Generation,
});
export const listAiProviders = defineRpc('ai-content', 'provider.list', {
  request: Empty,
  response: Closed({
    providers: Type.Array(
      Closed({
        name: Type.String(),
        available: Type.Boolean(),
        models: Type.Array(Type.String()),
        price: Nullable(Closed({ input_per_million_usd: Type.Number(), output_per_million_usd: Type.Number() })),
        note: Nullable(Type.String()),
      }),
    ),
  }),
});

export const RunGenerationV1 = defineCommand('ai-content', 'generation.run', {
  summary: 'Write the text of a queued generation.',
  data: Closed({ generation_id: Uuid(), user_id: Uuid() }),
  sample: { generation_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d51', user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11' },
});
