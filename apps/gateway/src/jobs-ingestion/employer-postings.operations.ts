import { Closed, CreatePostingBody, JobDetail, UpdatePostingBody, Uuid } from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Employer postings';
const access = { role: 'employer' } as const;
const ById = Closed({ id: Uuid({ description: 'Id of the job.' }) });

export const createPostingOperation = operation({
  method: 'POST',
  path: '/jobs',
  operationId: 'createPosting',
  tag,
  summary: 'Publish an opening of my own',
  description: [
    'For employers (an admin gives the role) and admins. `source` is then `custom`; what is left out is read from the text.',
    'An opening that some source has shown already keeps its id. It is told in these words from then on where an admin lets',
    'you speak for the company (`employer_confirmed`); otherwise they stand beside those of the source.',
    'Publishing one’s own opening a second time is a 409 with its `job_id`.',
  ].join(' '),
  access,
  scope: 'write:postings',
  body: CreatePostingBody,
  bodyExample: {
    title: 'Backend Engineer',
    company: 'Northwind GmbH',
    location: 'Berlin, Germany',
    description:
      '<p>You run the services that book freight trains: TypeScript, PostgreSQL, Kubernetes.</p><p>We help with the move.</p>',
    remote_option: 'hybrid',
    employment_type: 'full_time',
    experience_level: 'mid',
    salary_min: 65000,
    salary_max: 80000,
    currency: 'EUR',
    salary_period: 'year',
    visa_sponsorship: true,
    skills: ['TypeScript', 'PostgreSQL'],
    benefits: ['Relocation budget', '30 days of holiday'],
    url: 'https://northwind.example/jobs/backend-engineer',
  },
  status: 201,
  response: JobDetail,
  errors: ['ALREADY_EXISTS', 'LIMIT_REACHED'],
  idempotent: true,
});

export const updatePostingOperation = operation({
  method: 'PUT',
  path: '/jobs/{id}',
  operationId: 'updatePosting',
  tag,
  summary: 'Change an opening of my own',
  description: [
    'Where your words stand beside those of a source the answer shows the source’s, and yours are kept.',
    'What is absent stays, null clears. Send `version` to be told when it changed since you read it.',
    'One that ran out opens again with a new `expires_at`. Admins may change those of every employer.',
    'Jobs that were found at a source are changed there: here that is a 409.',
  ].join(' '),
  access,
  scope: 'write:postings',
  params: ById,
  body: UpdatePostingBody,
  bodyExample: { salary_max: 85000, visa_sponsorship: true },
  response: JobDetail,
  errors: ['NOT_FOUND', 'CONFLICT', 'STALE_VERSION'],
});

export const deletePostingOperation = operation({
  method: 'DELETE',
  path: '/jobs/{id}',
  operationId: 'deletePosting',
  tag,
  summary: 'Withdraw an opening of my own',
  description: [
    'It is closed. Those who kept it or applied still find what they need to know.',
    'Where a source lists the same opening too, only these words go: the source’s come back, or stay.',
  ].join(' '),
  access,
  scope: 'write:postings',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND', 'CONFLICT'],
});
