import { defineCommand } from '../define.js';
import { Closed, Type, Uuid } from '../schema.js';

/** Sent with the batch that created the postings: one message instead of one consumer transaction per posting. */
export const MatchPostingsV1 = defineCommand('jobs-ingestion', 'posting.match', {
  summary: 'Score new postings against the profiles they may fit.',
  data: Closed({ posting_ids: Type.Array(Uuid(), { minItems: 1, maxItems: 500 }) }),
  sample: { posting_ids: ['01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21'] },
});

/** The event only says that something changed; asking for the facts is work of its own, outside any transaction. */
export const RefreshMatchProfileV1 = defineCommand('jobs-ingestion', 'match-profile.refresh', {
  summary: 'Ask identity what matching may know about a person, and keep it.',
  data: Closed({ user_id: Uuid() }),
  sample: { user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11' },
});
