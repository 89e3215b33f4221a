import { parseArgs } from 'node:util';
import { Apps } from '../support/apps.js';
import { Rig } from '../support/rig.js';
import { ask, passes, type Verdict } from './ask.js';
import { newPerson, QUESTIONS } from './questions.js';

const { values: options } = parseArgs({
  options: {
    tries: { type: 'string', default: '500' },
    lanes: { type: 'string', default: '2' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (options.help === true) {
  console.log(`Asks about addresses with and without an account and compares how long the answers take.

  --tries N   of each kind, for every question (500)
  --lanes N   connections for every question; all questions are asked at the same time (2)

Ends with 1 when an answer tells who has an account, by its text or by its time.`);
  process.exit(0);
}
const tries = Number(options.tries);
const lanes = Number(options.lanes);
const PEOPLE = 50;
const PASSWORD = 'seven amber windmills';

/** Nobody is slowed down or refused for asking too often: that would hide what is measured. */
const NO_LIMITS = {
  SIGN_IN_FREE_FAILURES: '1000000',
  SIGN_IN_FREE_FAILURES_PER_ADDRESS: '1000000',
  SIGN_IN_MAX_FAILURES_PER_HOUR: '1000000',
  SIGN_IN_MAX_FAILURES_PER_HOUR_PER_ADDRESS: '1000000',
  MAILS_PER_HOUR_AND_MAILBOX: '10000',
  MAILS_PER_HOUR_AND_ADDRESS: '1000000',
  MAILS_PER_DAY_AND_MAILBOX: '0',
  CODE_MAILS_PER_DAY_OF_ALL: '0',
  LINK_MAILS_PER_DAY_OF_ALL: '0',
  REGISTRATION_VERIFIES_EMAIL: 'true',
};

const rig = await Rig.start();
try {
  const padded = await measure('answers as shipped, padded to CREDENTIAL_ANSWER_FLOOR', {});
  // For people who read the code: what the floor has to hide. No bar.
  await measure('the work alone, without a floor', { CREDENTIAL_ANSWER_FLOOR: '0ms' });
  process.exitCode = padded.every(passes) ? 0 : 1;
} finally {
  await rig.stop();
}

async function measure(title: string, env: Record<string, string>): Promise<Verdict[]> {
  const database = await rig.database();
  const nats = await rig.nats();
  const apps = await Apps.start({
    apps: ['identity', 'gateway', 'notifications'],
    database,
    nats,
    folder: rig.folder,
    env: { LOG_LEVEL: 'warn' },
    envOf: { identity: { ...NO_LIMITS, ...env }, gateway: { TRUSTED_PROXIES: '127.0.0.1' } },
  });
  try {
    const people = Array.from({ length: PEOPLE }, newPerson);
    for (const email of people) {
      await apps.post('/api/v1/auth/register', { email, password: PASSWORD, full_name: 'Some Body' });
    }
    const verdicts = await Promise.all(
      QUESTIONS.map((question) => ask({ url: apps.url, question, people, tries, lanes })),
    );
    console.log(`\n${title}; ${tries} tries each, medians in ms`);
    for (const verdict of verdicts) console.log(line(verdict));
    return verdicts;
  } finally {
    await apps.stop();
    await nats.stop();
    await database.drop();
  }
}

function line(verdict: Verdict): string {
  const { question, known, unknown, knownSlower, different } = verdict;
  const figures = [
    `known ${known.toFixed(1)}`,
    `unknown ${unknown.toFixed(1)}`,
    `difference ${(known - unknown).toFixed(1)}`,
    `known slower in ${(knownSlower * 100).toFixed(0)} %`,
    `different answers ${different}`,
  ];
  return `${passes(verdict) ? 'alike ' : 'DIFFER'}  ${question.padEnd(34)} ${figures.join(', ')}`;
}
