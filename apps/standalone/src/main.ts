import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RpcClient } from '#messaging';
import { type RunningApp, ShutdownSequence } from '#platform';
import { allSchemas, startComposition } from './compose.js';
import { openDatabase } from './database.js';
import { withScreenDefaults } from './environment.js';
import { ingest, isFirstRun, nothingReached, SAMPLE_FEED } from './first-ingestion.js';
import { freePortFrom } from './free-port.js';
import { ensureOwner, type Owner } from './owner.js';
import { bold, dim, Progress, progressLine, runTable } from './screen.js';
import { loadSecrets } from './secrets.js';
import { loadStandaloneSettings } from './settings.js';

const { values: options } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
});
if (options.help === true) {
  process.stdout.write(`Starts the whole platform in this process and serves until Ctrl-C.

  --json   print one JSON object instead of the screen when everything is up
  --help   this text

Settings come from the environment; README.md lists them. Data lies in ./data (DATA_DIR).
`);
  process.exit(0);
}

const began = performance.now();
const say = (line: string): void => {
  if (options.json !== true) process.stdout.write(`  ${line}\n`);
};

const given = withScreenDefaults(process.env);
const settings = loadStandaloneSettings(given);
const dataDir = resolve(settings.DATA_DIR);
const secrets = loadSecrets(dataDir);
const database = await openDatabase({ ...settings, DATA_DIR: dataDir }, secrets, allSchemas, say);

const port = await freePortFrom(settings.API_HOST, settings.API_PORT);
const healthPort = await freePortFrom(settings.HEALTH_HOST, settings.HEALTH_PORT);
if (port !== settings.API_PORT) say(`port ${settings.API_PORT} is taken, the API listens on ${port}`);
const ports = { API_PORT: String(port), HEALTH_PORT: String(healthPort) };
const running = await startComposition(
  { ...settings, HEALTH_PORT: healthPort },
  { ...given, ...ports },
  database,
  secrets,
);
running.app.get(ShutdownSequence).add('flush', 'postgres', () => database.stop());

const owner = await ensureOwner(running, dataDir);
say(
  `ready after ${((performance.now() - began) / 1000).toFixed(1)} s on ${database.description}; one machine only (local bus)`,
);
const run = settings.FIRST_INGESTION === 'off' ? undefined : await firstIngestion(running);

if (options.json === true)
  process.stdout.write(`${JSON.stringify({ url: running.url, health: running.healthUrl, owner: owner.email, run })}\n`);
else printScreen(running, owner);

async function firstIngestion(app: RunningApp) {
  const rpc = app.app.get(RpcClient, { strict: false });
  if (!(await isFirstRun(rpc))) return undefined;
  const progress = new Progress();
  const follow =
    options.json === true
      ? () => undefined
      : (state: Parameters<typeof progressLine>[0]) => progress.show(progressLine(state));
  say('first ingestion');
  let found = await ingest(rpc, settings.FIRST_INGESTION === 'sample' ? [SAMPLE_FEED] : undefined, follow);
  progress.end();
  if (nothingReached(found) && settings.FIRST_INGESTION === 'auto') {
    say('no source could be reached; using the bundled sample feed');
    found = await ingest(rpc, [SAMPLE_FEED], follow);
    progress.end();
  }
  if (options.json !== true) {
    process.stdout.write(`\n${runTable(found)}\n`);
    if (found.status !== 'finished') say(dim('the run goes on in the background'));
  }
  return found;
}

function printScreen(app: RunningApp, { email, passwordFile, oneTimePassword }: Owner): void {
  const url = app.url ?? '';
  const lines = [
    '',
    `${bold('Career Copilot')} is running.`,
    '',
    `  API      ${url}/api/v1`,
    `  Docs     ${url}/docs`,
    `  Schema   ${url}/openapi.json`,
    `  Health   ${url}/health`,
    '',
    `  Owner    ${email}`,
    ...(oneTimePassword === undefined
      ? []
      : [
          `  Password ${bold(oneTimePassword)}   (once; also in ${passwordFile ?? ''}; from this machine only until changed)`,
        ]),
    ...(oneTimePassword === undefined && passwordFile !== undefined ? [`  Password in ${passwordFile}`] : []),
    '',
    `  Next     curl '${url}/api/v1/jobs?visa_support=true&per_page=3'`,
    '',
    dim('  Ctrl-C stops.'),
    '',
  ];
  process.stdout.write(lines.join('\n'));
}
