import { parseArgs } from 'node:util';
import { ingest } from '../../apps/standalone/src/first-ingestion.js';
import { runTable } from '../../apps/standalone/src/screen.js';
import { RpcClient } from '#messaging';
import { ADMIN, corpusDir, JOB_SITES, startJobSites } from '#testing';
import { startPlatform } from '../support/platform.js';

const { values: options } = parseArgs({
  options: { once: { type: 'boolean' }, port: { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h' } },
});
if (options.help === true) {
  console.log(`Starts the platform beside a server that answers like seven job sites did when they were recorded, fetches
from all of them, shows what was found and serves until Ctrl-C. Needs CORPUS_DIR; nothing leaves this machine.

  --once     end after the table
  --port N   port of the API; a free one unless given`);
  process.exit(0);
}
const corpus = corpusDir();
if (corpus === undefined) {
  console.error('CORPUS_DIR is not set: it names the folder with the recorded answers (api_responses).');
  process.exit(78);
}

const began = performance.now();
const sites = await startJobSites(corpus);
const platform = await startPlatform({ ...sites.env, API_PORT: options.port }, (line) => console.log(`  ${line}`));
const stop = async (): Promise<void> => {
  await platform.stop();
  await sites.stop();
};
console.log(
  `  ready after ${((performance.now() - began) / 1000).toFixed(1)} s, fetching from ${JOB_SITES.length} sites\n`,
);
const run = await ingest(platform.running.app.get(RpcClient, { strict: false }), [...JOB_SITES], () => undefined);
console.log(runTable(run));
console.log(`\n  ${sites.requests().length} requests were answered from the recording`);
if (options.once === true) {
  await stop();
  process.exit(run.status === 'finished' && run.totals.fetched > 0 ? 0 : 1);
}
console.log(`
  API      ${platform.url}/api/v1
  Docs     ${platform.url}/docs
  Admin    ${ADMIN.email} / ${ADMIN.password}

  Try      curl '${platform.url}/api/v1/jobs?visa_support=true&per_page=3'

  Ctrl-C stops and removes everything.`);
process.once('SIGINT', () => {
  void stop().then(() => process.exit(0));
});
process.once('SIGTERM', () => {
  void stop().then(() => process.exit(0));
});
