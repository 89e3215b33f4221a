import { describe, expect, it } from '@jest/globals';
import { readSettings, SettingsError } from '../config/index.js';
import { fileStoreCheck, fileStoreSettings } from './file-store-settings.js';

/** Variables that are wrong. */
const refused = (env: Record<string, string>): string[] => {
  try {
    readSettings(fileStoreSettings, env, [fileStoreCheck]);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ code, variable }) => `${code} ${variable}`);
  }
};

describe('settings of the file store', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing: a disk and one process', {}],
    ['a volume all replicas share', { REPLICAS_MAX: '10', FILE_STORE_SHARED: 'true' }],
    ['a bucket, whoever signs', { FILE_STORE: 's3', S3_BUCKET: 'people', REPLICAS_MAX: '10' }],
    ['a bucket and a key', { FILE_STORE: 's3', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'long' }],
  ])('may be %s', (_what, env) => {
    expect(refused(env)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a disk for two replicas', { REPLICAS_MAX: '2' }, ['SETTINGS_CONTRADICT FILE_STORE']],
    ['no bucket', { FILE_STORE: 's3' }, ['SETTING_MISSING S3_BUCKET']],
    [
      'half a key',
      { FILE_STORE: 's3', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'a' },
      ['SETTING_MISSING S3_SECRET_ACCESS_KEY'],
    ],
    [
      'the other half',
      { FILE_STORE: 's3', S3_SECRET_ACCESS_KEY: 'long' },
      ['SETTING_MISSING S3_BUCKET', 'SETTING_MISSING S3_ACCESS_KEY_ID'],
    ],
    ['an unknown store', { FILE_STORE: 'tape' }, ['SETTING_INVALID FILE_STORE']],
  ])('are refused with %s', (_what, env, problems) => {
    expect(refused(env)).toEqual(problems);
  });
});
