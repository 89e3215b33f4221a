import { expect } from '@jest/globals';
import { newId } from '#kernel';
import { ADMIN } from '#testing';
import type { ApiClient } from './api-client.js';

export const PASSWORD = 'seven purple elephants';

export interface Person {
  id: string;
  email: string;
  token: string;
}

export async function somebody(api: ApiClient, fullName = 'Ada Lovelace'): Promise<Person> {
  const email = `${newId()}@example.com`;
  const registered = await api.post('/auth/register', { body: { email, password: PASSWORD, full_name: fullName } });
  expect(registered.status).toBe(201);
  return { id: String(registered.body.id), email, token: await signIn(api, email, PASSWORD) };
}

export async function signIn(api: ApiClient, email: string, password: string): Promise<string> {
  const { status, body } = await api.post('/auth/login', { body: { email, password } });
  expect(status).toBe(200);
  return String(body.access_token);
}

export const theOwner = (api: ApiClient): Promise<string> => signIn(api, ADMIN.email, ADMIN.password);

/** What somebody who moves for work might say of herself; wide enough that the sample feed has something for her. */
export const PROFILE = {
  headline: 'Backend engineer who likes calm systems',
  current_role: 'Senior Backend Engineer',
  company: 'Tidewater Metrics',
  experience_years: 8,
  experience_level: 'senior',
  experience: [
    {
      title: 'Senior Backend Engineer',
      company: 'Tidewater Metrics',
      location: 'Porto',
      start_date: '2021-03',
      end_date: 'present',
      description: 'Moved the billing service to Node.js and PostgreSQL and cut invoice errors by 40 %.',
    },
  ],
  skills: ['TypeScript', 'Node.js', 'PostgreSQL', 'Java', 'Kafka', 'Python', 'Docker', 'Kubernetes', 'React', 'AWS'],
  preferred_locations: ['Berlin, Germany', 'Amsterdam, Netherlands', { country: 'NL' }, { country: 'DE' }],
  salary_min: 55_000,
  salary_max: 95_000,
  currency: 'EUR',
  remote_preference: 'any',
  visa_sponsorship_required: true,
};
