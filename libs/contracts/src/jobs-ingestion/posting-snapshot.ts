import { defineRpc } from '../define.js';
import { Closed, CountryCode, CurrencyCode, Nullable, Type, Uuid } from '../schema.js';

/** What an application or a letter needs to remember of a posting. 404 when it is not there or not the caller's to see. */
export const getPostingSnapshot = defineRpc('jobs-ingestion', 'posting.snapshot', {
  alsoAskedBy: ['applications', 'ai-content'],
  request: Closed({ posting_id: Uuid() }),
  response: Closed({
    posting_id: Uuid(),
    title: Type.String(),
    company: Type.String(),
    location: Nullable(Type.String()),
    country: Nullable(CountryCode()),
    url: Nullable(Type.String()),
    description: Type.String(),
    skills: Type.Array(Type.String()),
    language: Nullable(Type.String()),
    salary_min: Nullable(Type.Number()),
    salary_max: Nullable(Type.Number()),
    currency: Nullable(CurrencyCode()),
    salary_period: Nullable(Type.String()),
  }),
});
