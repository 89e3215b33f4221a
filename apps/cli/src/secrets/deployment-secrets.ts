import { randomInt } from 'node:crypto';
import { APPS, SCHEMA_OF, SERVICES } from '#contracts';
import { passwordVariable } from '#messaging';
import { generateFieldKey } from '#platform';
import { rolePasswordVariable } from '../config.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LETTERS_AND_DIGITS = `${LETTERS}0123456789`;

/**
 * 36 characters, more than 210 random bits. Letters and digits alone need no escaping in URLs, compose files and
 * nats.conf; the first is a letter because nats-server takes `1e5…` for a number.
 */
export function randomPassword(): string {
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  return pick(LETTERS) + Array.from({ length: 35 }, () => pick(LETTERS_AND_DIGITS)).join('');
}

/** A secret of a deployment: as a variable of the compose file, and as a key of a Kubernetes Secret. */
export interface DeploymentSecret {
  variable: string;
  secret: string;
  key: string;
  /** Makes up a value; a random password unless said otherwise. */
  make?: () => string;
}

/** Everything that has to be made up for a new installation. */
export const DEPLOYMENT_SECRETS: readonly DeploymentSecret[] = [
  { variable: 'POSTGRES_PASSWORD', secret: 'career-copilot-database-admin', key: 'password' },
  ...SERVICES.map((service) => ({
    variable: rolePasswordVariable(service),
    secret: 'career-copilot-database',
    key: `cc_${SCHEMA_OF[service]}`,
  })),
  ...[...APPS, 'sys'].map((user) => ({
    variable: passwordVariable(user),
    secret: 'career-copilot-nats',
    key: user,
  })),
  { variable: 'IDENTITY_KEY_SECRET', secret: 'career-copilot-identity', key: 'identity-key-secret' },
  { variable: 'OWNER_PASSWORD', secret: 'career-copilot-identity', key: 'owner-password' },
  {
    variable: 'FIELD_KEYS',
    secret: 'career-copilot-field-keys',
    key: 'field-keys',
    make: () => generateFieldKey('1'),
  },
];

export type SecretValues = ReadonlyMap<string, string>;

export const makeSecrets = (): SecretValues =>
  new Map(DEPLOYMENT_SECRETS.map(({ variable, make = randomPassword }) => [variable, make()]));
