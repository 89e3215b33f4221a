import { defineSettings, setting, type SettingsOf } from '#platform';

const baseUrl = (default_: string, who: string) =>
  setting.url({ default: default_, description: `Where ${who} is asked; another one for a proxy or a replay server.` });
const enabled = (who: string) => setting.boolean({ default: true, description: `Whether runs ask ${who}.` });
/** `token` or `token=Company Name`. */
const BOARD = /^(?:eu:)?[\w.-]{1,80}(?:=[^,=]{1,120})?$/;

/** Company boards asked by default: employers that recruit across borders. Checked November 2026; boards move. */
const GREENHOUSE = [
  'adyen',
  'deepmind=Google DeepMind',
  'monzo',
  'boltv2=Bolt',
  'n26=N26',
  'gitlab=GitLab',
  'elastic',
  'datadog',
];
const LEVER = ['spotify', 'palantir'];
const ASHBY = ['openai=OpenAI', 'harvey'];

export const sourceSettings = defineSettings({
  ARBEITNOW_ENABLED: enabled('Arbeitnow'),
  ARBEITNOW_BASE_URL: baseUrl('https://www.arbeitnow.com', 'Arbeitnow'),
  ARBEITNOW_MAX_PAGES: setting.integer({ default: 10, min: 1, max: 200, description: 'Pages of 100 in one run.' }),

  THEMUSE_ENABLED: enabled('The Muse'),
  THEMUSE_BASE_URL: baseUrl('https://www.themuse.com', 'The Muse'),
  THEMUSE_API_KEY: setting.secret({
    optional: true,
    description: 'Raises the limit of The Muse from 500 to 3,600 requests an hour.',
  }),
  THEMUSE_MAX_PAGES: setting.integer({ default: 25, min: 1, max: 400, description: 'Pages of 20 in one run.' }),
  THEMUSE_CATEGORIES: setting.list({
    default: [],
    description: 'Categories of The Muse to ask for, e.g. Software Engineering,Data Science; all when empty.',
  }),

  REMOTIVE_ENABLED: enabled('Remotive'),
  REMOTIVE_BASE_URL: baseUrl('https://remotive.com', 'Remotive'),

  HIMALAYAS_ENABLED: enabled('Himalayas'),
  HIMALAYAS_BASE_URL: baseUrl('https://himalayas.app', 'Himalayas'),
  HIMALAYAS_MAX_PAGES: setting.integer({ default: 25, min: 1, max: 500, description: 'Pages of 20 in one run.' }),

  GREENHOUSE_ENABLED: enabled('Greenhouse boards'),
  GREENHOUSE_BASE_URL: baseUrl('https://boards-api.greenhouse.io', 'Greenhouse'),
  GREENHOUSE_BOARDS: setting.list({
    default: GREENHOUSE,
    pattern: BOARD,
    description: 'Boards as token or token=Company Name: the last part of job-boards.greenhouse.io/token.',
  }),

  LEVER_ENABLED: enabled('Lever boards'),
  LEVER_BASE_URL: baseUrl('https://api.lever.co', 'Lever'),
  LEVER_EU_BASE_URL: baseUrl('https://api.eu.lever.co', "Lever's European installation"),
  LEVER_SITES: setting.list({
    default: LEVER,
    pattern: BOARD,
    description: 'Sites as site or site=Company Name; eu:site for the European installation.',
  }),

  ASHBY_ENABLED: enabled('Ashby boards'),
  ASHBY_BASE_URL: baseUrl('https://api.ashbyhq.com', 'Ashby'),
  ASHBY_BOARDS: setting.list({
    default: ASHBY,
    pattern: BOARD,
    description: 'Boards as name or name=Company Name: the last part of jobs.ashbyhq.com/name.',
  }),
});
export type SourceSettings = SettingsOf<typeof sourceSettings>;
