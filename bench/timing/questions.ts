import { randomBytes } from 'node:crypto';

/** One request that somebody may send to find out whether an address has an account here. */
export interface Question {
  name: string;
  path: string;
  body(email: string): unknown;
}

const WRONG_PASSWORD = 'not the password of anybody';

export const QUESTIONS: readonly Question[] = [
  { name: 'login, wrong password', path: '/auth/login', body: (email) => ({ email, password: WRONG_PASSWORD }) },
  { name: 'forgot-password', path: '/auth/forgot-password', body: (email) => ({ email }) },
  { name: 'send-otp', path: '/auth/send-otp', body: (email) => ({ email }) },
  { name: 'verify-otp, wrong code', path: '/auth/verify-otp', body: (email) => ({ email, otp: '000000' }) },
  {
    name: 'register, with mail verification',
    path: '/auth/register',
    body: (email) => ({ email, password: `${randomBytes(9).toString('hex')} walks`, full_name: 'Some Body' }),
  },
];

/** Somebody else every time: as long as the addresses of those who have an account. */
export const stranger = (): string => `s${randomBytes(8).toString('hex')}@timing.example`;
export const newPerson = (): string => `p${randomBytes(8).toString('hex')}@timing.example`;
