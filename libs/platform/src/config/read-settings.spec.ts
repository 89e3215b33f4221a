import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parseFieldKeys } from '../crypto/index.js';
import { describeSettings } from './describe-settings.js';
import { formatSettingsError } from './load-settings.js';
import { platformSettings } from './platform-settings.js';
import {
  allSettingsWarnings,
  readAllSettings,
  readSettings,
  settingsCheck,
  SettingsError,
  settingsWarnings,
} from './read-settings.js';
import { defineSettings, setting, type SettingsOf } from './setting.js';

const definition = defineSettings({
  API_PORT: setting.integer({ default: 8002, min: 1, max: 65_535, description: 'Port of the API' }),
  DATABASE_URL: setting.url({ schemes: ['postgres', 'postgresql'], secret: true, description: 'Where the data is' }),
  JWT_KEY: setting.secret({ minLength: 16, description: 'Signs tokens' }),
  MODE: setting.enum(['single', 'multi'], { default: 'single', description: 'Users' }),
  ORIGINS: setting.list({ default: [], pattern: /^https?:\/\//, description: 'CORS' }),
  RATIO: setting.number({ default: 0.5, min: 0, max: 1, description: 'Share' }),
  RETENTION: setting.duration({ default: 604_800_000, min: 1000, description: 'How long' }),
  SIGN_UP: setting.boolean({ default: true, description: 'Open registration' }),
  SMTP_HOST: setting.string({ optional: true, pattern: /^[\w.-]+$/, description: 'Mail server' }),
});
const good = { DATABASE_URL: 'postgres://u:p@localhost/x', JWT_KEY: 'k'.repeat(32) };

const refused = (read: () => unknown): SettingsError => {
  try {
    read();
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
};
const errorFor = (env: Record<string, string>): SettingsError => refused(() => readSettings(definition, env));

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('readSettings', () => {
  it('gives typed values, defaults and undefined for what is optional', () => {
    const settings: SettingsOf<typeof definition> = readSettings(definition, {
      ...good,
      API_PORT: '80',
      ORIGINS: 'https://a.example, http://b.example',
      RETENTION: '2h',
      SIGN_UP: 'no',
      RATIO: '',
    });
    const port: number = settings.API_PORT;
    const host: string | undefined = settings.SMTP_HOST;
    const mode: 'single' | 'multi' = settings.MODE;
    expect([port, host, mode, settings.RATIO]).toEqual([80, undefined, 'single', 0.5]);
    expect(settings.ORIGINS).toEqual(['https://a.example', 'http://b.example']);
    expect([settings.RETENTION, settings.SIGN_UP]).toEqual([7_200_000, false]);
  });

  // [environment, variable that must be named, part of what is expected, part that must not be shown]
  const broken: [Record<string, string>, string, string, string?][] = [
    [{ API_PORT: 'http' }, 'API_PORT', 'a whole number from 1 to 65535'],
    [{ API_PORT: '0' }, 'API_PORT', 'from 1 to 65535'],
    [{ API_PORT: '65536' }, 'API_PORT', 'from 1 to 65535'],
    [{ API_PORT: '80.5' }, 'API_PORT', 'a whole number'],
    [{ API_PORT: '1e3' }, 'API_PORT', 'a whole number'],
    [{ API_PORT: '99999999999999999999' }, 'API_PORT', 'a whole number'],
    [{ DATABASE_URL: '' }, 'DATABASE_URL', 'postgres:// or postgresql://'],
    [{ DATABASE_URL: 'localhost:5432' }, 'DATABASE_URL', 'postgres://'],
    [{ DATABASE_URL: 'mysql://root:hunter2@db/x' }, 'DATABASE_URL', 'postgres://', 'hunter2'],
    [{ JWT_KEY: 'short' }, 'JWT_KEY', 'at least 16', 'short'],
    [{ JWT_KEY: '' }, 'JWT_KEY', 'a secret'],
    [{ MODE: 'both' }, 'MODE', 'one of single, multi'],
    [{ MODE: 'Single' }, 'MODE', 'one of single, multi'],
    [{ ORIGINS: 'a.example' }, 'ORIGINS', 'comma-separated'],
    [{ ORIGINS: 'https://a.example,*' }, 'ORIGINS', 'comma-separated'],
    [{ RATIO: '1.5' }, 'RATIO', 'a number from 0 to 1'],
    [{ RATIO: '50%' }, 'RATIO', 'a number from 0 to 1'],
    [{ RATIO: 'NaN' }, 'RATIO', 'a number from 0 to 1'],
    [{ RETENTION: '7' }, 'RETENTION', '7d'],
    [{ RETENTION: '1 week' }, 'RETENTION', '7d'],
    [{ RETENTION: '5ms' }, 'RETENTION', 'at least 1s'],
    [{ SIGN_UP: 'maybe' }, 'SIGN_UP', 'true or false'],
    [{ SMTP_HOST: 'smtp://mail' }, 'SMTP_HOST', 'matches'],
    [{ JWT_KEY_FILE: '/nowhere/key' }, 'JWT_KEY_FILE', 'only one of'],
    [{ MODE_FILE: '/nowhere/mode' }, 'MODE_FILE', 'a readable file'],
    [{ MODE_FILE: file('empty', '\n') }, 'MODE_FILE', 'a file that holds'],
    [{ MODE_FILE: file('wrong', 'triple\n') }, 'MODE_FILE', 'one of single, multi'],
  ];
  it.each(broken.map(([env, name, expected, hidden]) => ({ env, name, expected, hidden })))(
    '$env is refused naming the variable, what is expected and how to fix it',
    ({ env, name, expected, hidden }) => {
      const error = errorFor({ ...good, ...env });
      expect(error.problems).toHaveLength(1);
      expect(error.problems[0]).toMatchObject({ variable: name, expected: expect.stringContaining(expected) });
      const text = formatSettingsError(error);
      expect(text).toContain(name);
      expect(error.problems[0]?.fix).not.toBe('');
      if (hidden !== undefined) expect(text).not.toContain(hidden);
    },
  );

  it('reports everything that is wrong at once', () => {
    const error = errorFor({ API_PORT: 'x', MODE: 'y', JWT_KEY: 'z' });
    expect(error.problems.map((problem) => problem.variable)).toEqual(['API_PORT', 'DATABASE_URL', 'JWT_KEY', 'MODE']);
    expect(formatSettingsError(error)).toMatch(/^Cannot start: 4 settings/);
  });

  it('reads a value from the file a _FILE variable names, without its line break', () => {
    const { DATABASE_URL } = good;
    const settings = readSettings(definition, { DATABASE_URL, JWT_KEY_FILE: file('key', `${'s'.repeat(20)}\n`) });
    expect(settings.JWT_KEY).toBe('s'.repeat(20));
  });

  it('refuses sample secrets in production and takes them elsewhere', () => {
    const sample = defineSettings({ KEY: setting.secret({ description: 'a key' }) });
    expect(readSettings(sample, { KEY: 'changeme' }).KEY).toBe('changeme');
    expect(() => readSettings(sample, { KEY: 'changeme', NODE_ENV: 'production' })).toThrow(SettingsError);
    expect(readSettings(sample, { KEY: 'kX0-real', NODE_ENV: 'production' }).KEY).toBe('kX0-real');
  });

  it('warns about a name that is nearly one it knows, and about nothing else', () => {
    expect(settingsWarnings(definition, { DATABSE_URL: 'x', PATH: '/bin', HOME: '/', API_KEY: 'y' })).toEqual([
      'DATABSE_URL is not a setting and is ignored. Did you mean DATABASE_URL?',
    ]);
    expect(settingsWarnings(definition, { jwt_key: 'x' })).toHaveLength(1);
    // The right name is set as well, so the other is on purpose.
    expect(settingsWarnings(definition, { ...good, DATABSE_URL: 'x' })).toEqual([]);
  });
});

describe('a check of settings that are right one by one', () => {
  const { SIGN_UP, MODE, API_PORT } = definition;
  const check = settingsCheck({ SIGN_UP, MODE }, (settings) =>
    settings.SIGN_UP && settings.MODE === 'single'
      ? [{ code: 'SETTINGS_CONTRADICT', variable: 'SIGN_UP', expected: 'false', fix: 'Set MODE=multi.' }]
      : [],
  );
  const wrong = (env: Record<string, string>): string[] =>
    refused(() => readSettings({ SIGN_UP, MODE, API_PORT }, env, [check])).problems.map(({ variable }) => variable);

  it('is in one list with what else is wrong', () => {
    expect(wrong({ API_PORT: 'x' })).toEqual(['API_PORT', 'SIGN_UP']);
  });

  it('says nothing where one it looks at could not be read, and cannot look at what is not there', () => {
    expect(wrong({ MODE: 'triple' })).toEqual(['MODE']);
    expect(() => readSettings({ MODE }, {}, [check])).toThrow('looks at SIGN_UP, which this app does not have');
  });
});

describe('settings of several apps in one process', () => {
  const { API_PORT, MODE, RATIO } = definition;
  const door = { API_PORT, MODE };
  const office = { RATIO, MODE };
  const both = (env: Record<string, string>) => ({
    door: { definition: door, env },
    office: { definition: office, env: { ...env, RATIO: env['RATIO'] ?? '0.25' } },
  });

  it('are read each from its own environment', () => {
    const { door: one, office: other } = readAllSettings(both({ API_PORT: '80', MODE: 'multi' }));
    const port: number = one.API_PORT;
    expect([port, one.MODE, other]).toEqual([80, 'multi', { RATIO: 0.25, MODE: 'multi' }]);
  });

  it('are wrong all at once, and one that two apps have is told once', () => {
    const error = refused(() => readAllSettings(both({ API_PORT: 'x', MODE: 'y', RATIO: '2' })));
    expect(error.problems.map(({ variable }) => variable)).toEqual(['API_PORT', 'MODE', 'RATIO']);
  });

  it('are no misspelt settings of each other', () => {
    const parts = both({ API_PORTS: '1' });
    expect(allSettingsWarnings(Object.values(parts))).toEqual([
      'API_PORTS is not a setting and is ignored. Did you mean API_PORT?',
    ]);
    expect(
      allSettingsWarnings([
        { definition: door, env: { MODES: 'x' } },
        { definition: { MODES: MODE }, env: {} },
      ]),
    ).toEqual([]);
  });
});

describe('describeSettings', () => {
  it('says of every setting what it is, without showing a secret', () => {
    const described = describeSettings(definition);
    expect(described.find(({ name }) => name === 'RETENTION')).toMatchObject({ type: 'duration', default: '7d' });
    expect(described.find(({ name }) => name === 'DATABASE_URL')).toMatchObject({ required: true, secret: true });
    expect(described.find(({ name }) => name === 'SMTP_HOST')).toMatchObject({ required: false, default: undefined });
    expect(describeSettings(platformSettings).find(({ name }) => name === 'FEATURE_AI')?.default).toBe('on');
    for (const { description } of describeSettings(platformSettings)) expect(description.length).toBeGreaterThan(10);
  });

  it('starts every process without any variable as far as the platform is concerned', () => {
    expect(readSettings(platformSettings, {}).LOG_LEVEL).toBe('info');
  });
});

describe('a setting with its own grammar', () => {
  it('explains what it expects and never shows a secret one', () => {
    const keys = defineSettings({
      FIELD_KEYS: setting.parsed({
        secret: true,
        description: 'keys',
        expected: 'id:key',
        parse: parseFieldKeys,
        format: () => 'never shown',
      }),
    });
    const env = { FIELD_KEYS: 'a:c2hvcnQ=' };
    expect(() => readSettings(keys, env)).toThrow(SettingsError);
    try {
      readSettings(keys, env);
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('c2hvcnQ');
      expect(JSON.stringify(error)).toContain('5 bytes instead of 32');
    }
  });
});
