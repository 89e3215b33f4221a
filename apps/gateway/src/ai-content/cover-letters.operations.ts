import {
  Closed,
  CoverLetter,
  GenerateCoverLetterRequest,
  Generation,
  listAiProviders,
  listCoverLetters,
  UpdateCoverLetterRequest,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'AI content';
const ById = Closed({ id: Uuid({ description: 'Id of the cover letter.' }) });

export const generateCoverLetterOperation = operation({
  method: 'POST',
  path: '/ai/cover-letter/generate',
  operationId: 'generateCoverLetter',
  tag,
  summary: 'Write a cover letter for a job',
  description:
    'From your profile, the posting and your highlights; every sentence lists the facts it rests on. Answers 201 with the letter, ' +
    'or 202 with `{id, status}` when it takes longer than 30 s or you sent `Prefer: respond-async`.',
  feature: 'ai',
  access: 'signed-in',
  scope: 'write:content',
  limit: 'generation',
  body: GenerateCoverLetterRequest,
  bodyExample: {
    job_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21',
    tone: 'professional',
    length: 'medium',
    highlights: ['I speak at meetups'],
  },
  status: 201,
  response: CoverLetter,
  alternative: { status: 202, response: Generation },
  timeoutMs: 30_000,
  errors: ['NOT_FOUND'],
  idempotent: true,
});

export const listCoverLettersOperation = operation({
  method: 'GET',
  path: '/ai/cover-letters',
  operationId: 'listCoverLetters',
  tag,
  summary: 'List my cover letters',
  access: 'signed-in',
  scope: 'read:content',
  query: listCoverLetters.request,
  response: listCoverLetters.response,
});

export const getCoverLetterOperation = operation({
  method: 'GET',
  path: '/ai/cover-letters/{id}',
  operationId: 'getCoverLetter',
  tag,
  summary: 'Read one of my cover letters',
  access: 'signed-in',
  scope: 'read:content',
  params: ById,
  response: CoverLetter,
  errors: ['NOT_FOUND'],
  etag: true,
});

export const updateCoverLetterOperation = operation({
  method: 'PUT',
  path: '/ai/cover-letters/{id}',
  operationId: 'updateCoverLetter',
  tag,
  summary: 'Change the text of a cover letter',
  access: 'signed-in',
  scope: 'write:content',
  params: ById,
  body: UpdateCoverLetterRequest,
  bodyExample: { content: 'Dear Hiring Team, …' },
  response: CoverLetter,
  errors: ['NOT_FOUND'],
});

export const deleteCoverLetterOperation = operation({
  method: 'DELETE',
  path: '/ai/cover-letters/{id}',
  operationId: 'deleteCoverLetter',
  tag,
  summary: 'Delete a cover letter and what it was written from',
  access: 'signed-in',
  scope: 'write:content',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});

export const getGenerationOperation = operation({
  method: 'GET',
  path: '/ai/generations/{id}',
  operationId: 'getGeneration',
  tag,
  summary: 'State of a piece of writing that was asked for',
  access: 'signed-in',
  scope: 'read:content',
  params: Closed({ id: Uuid({ description: 'Id of the generation.' }) }),
  response: Generation,
  errors: ['NOT_FOUND'],
});

export const listAiProvidersOperation = operation({
  method: 'GET',
  path: '/ai/providers',
  operationId: 'listAiProviders',
  tag,
  summary: 'Which writers are available, with models and prices',
  access: 'signed-in',
  scope: 'read:content',
  response: listAiProviders.response,
});
