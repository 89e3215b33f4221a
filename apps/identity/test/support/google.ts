import { newId } from '#kernel';

/** What Google says of somebody whose address it has confirmed; a different person each time. */
export const googleIdentity = (email: string) => ({
  kind: 'google' as const,
  provider: 'google',
  issuer: 'https://accounts.google.com',
  subject: newId(),
  email,
  emailVerified: true,
  name: 'Ada',
});
