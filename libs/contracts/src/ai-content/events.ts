import { defineEvent } from '../define.js';
import { Closed, Nullable, StringEnum, Type, Uuid } from '../schema.js';

export const GENERATION_KINDS = ['cover-letter', 'resume'] as const;

const sample = {
  user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  generation_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d51',
  generation_kind: 'cover-letter' as const,
  posting_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21',
  provider: 'offline',
};
const base = {
  user_id: Uuid(),
  generation_id: Uuid(),
  generation_kind: StringEnum(GENERATION_KINDS),
  posting_id: Nullable(Uuid()),
  provider: Type.String({ maxLength: 40 }),
};

export const ContentGeneratedV1 = defineEvent('ai-content', 'content.generated', {
  summary: 'A letter or resume was written. Cost in USD, tokens as the provider reported them (null: not known).',
  data: Closed({ ...base, tokens_used: Nullable(Type.Integer()), cost_usd: Nullable(Type.Number()) }),
  sample: { ...sample, tokens_used: 0, cost_usd: 0 },
});
export const ContentFailedV1 = defineEvent('ai-content', 'content.failed', {
  summary: 'A generation gave up; the code says why.',
  data: Closed({ ...base, code: Type.String({ maxLength: 60 }) }),
  sample: { ...sample, code: 'PROVIDER_UNAVAILABLE' },
});
