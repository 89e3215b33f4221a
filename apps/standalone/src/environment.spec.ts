import { describe, expect, it } from '@jest/globals';
import type { Environment } from '#platform';
import { environmentOf } from './environment.js';

const secrets = { identityKey: 'made key', fieldKeys: 'made keys' };
const database = { urlOf: (owner: string) => `postgres://${owner}@here/` };
const identity = (given: Environment) => environmentOf('identity', given, database, secrets);

describe('the environment of a service in the composition', () => {
  it('is what was given, with the secrets of the installation and a role of its own', () => {
    expect(identity({ LOG_LEVEL: 'warn', DATABASE_POOL_SIZE: '9' })).toMatchObject({
      LOG_LEVEL: 'warn',
      DATABASE_POOL_SIZE: '9',
      FIELD_KEYS: 'made keys',
      IDENTITY_KEY_SECRET: 'made key',
      DATABASE_URL: 'postgres://identity@here/',
      BUS: 'local',
    });
  });

  it('has the secrets of whoever brings them, as a value or in a file; a blank one is none', () => {
    const given = { IDENTITY_KEY_SECRET_FILE: '/run/key', FIELD_KEYS: 'given' };
    expect(identity(given)).toMatchObject(given);
    expect(identity(given)).not.toHaveProperty('IDENTITY_KEY_SECRET');
    expect(identity({ FIELD_KEYS: ' ', FIELD_KEYS_FILE: '' })).toMatchObject({ FIELD_KEYS: 'made keys' });
  });

  it('does not have the database of the composition, wherever its address came from', () => {
    for (const given of [{ DATABASE_URL: 'postgres://admin@there/' }, { DATABASE_URL_FILE: '/run/admin' }]) {
      const env = identity({ ...given, BUS_DATABASE_URL_FILE: '/run/bus' });
      expect(env).toMatchObject({
        DATABASE_URL: 'postgres://identity@here/',
        BUS_DATABASE_URL: 'postgres://bus@here/',
      });
      expect(Object.keys(env).filter((name) => name.endsWith('_FILE'))).toEqual([]);
    }
  });
});
