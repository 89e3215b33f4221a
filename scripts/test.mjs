#!/usr/bin/env node
// `make test`: installs what is missing, then every check of the house, cheapest first. Prints the counts last.
// A step that cannot run here is counted as skipped and says why; it never counts as passed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, installNats, requireNode, root } from './prepare.mjs';

const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const scratch = mkdtempSync(join(tmpdir(), 'career-copilot-test-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
const rows = [];

function record(name, passed, failed, skipped, startedAt, note = '') {
  counts.passed += passed;
  counts.failed += failed;
  counts.skipped += skipped;
  rows.push({ name, passed, failed, skipped, seconds: ((Date.now() - startedAt) / 1000).toFixed(1), note });
}

const bin = (path) => join(root, 'node_modules', path);
const runNode = (args, env = {}) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;

/** Answers the exit code and what was printed: two at a time would write into each other's lines. */
const runAside = (args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
    child.on('error', (error) => printed.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => resolve({ code, printed: Buffer.concat(printed).toString() }));
  });

/** A tool that either agrees or does not: one check. */
async function check(name, args) {
  if (only && !only.includes(name)) return;
  const startedAt = Date.now();
  const { code, printed } = await runAside(args);
  process.stdout.write(`\n── ${name}\n${printed}`);
  record(name, code === 0 ? 1 : 0, code === 0 ? 0 : 1, 0, startedAt);
}

function jest(name, pattern, workers) {
  if (only && !only.includes(name)) return;
  process.stdout.write(`\n── ${name}\n`);
  const startedAt = Date.now();
  const report = join(scratch, `${name}.json`);
  const status = runNode(
    [
      '--experimental-vm-modules',
      '--no-warnings',
      bin('jest/bin/jest.js'),
      `--testPathPatterns=${pattern}`,
      `--maxWorkers=${workers}`,
      '--json',
      `--outputFile=${report}`,
      '--silent=false',
      '--reporters=default',
    ],
    { NODE_ENV: 'test' },
  );
  if (!existsSync(report)) return record(name, 0, 1, 0, startedAt, 'jest wrote no report');
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  // A run that is green without a test is not green.
  const empty = result.numTotalTests === 0 ? 1 : 0;
  record(
    name,
    result.numPassedTests,
    failed + empty + (status !== 0 && failed === 0 ? 1 : 0),
    result.numPendingTests + result.numTodoTests,
    startedAt,
  );
}

requireNode();
install();
if (!installNats())
  process.stdout.write('nats-server could not be installed; tests that need it will fail and say so.\n');
const s3Ready =
  spawnSync('sh', [join(root, 'scripts/install-s3-server.sh')], { cwd: root, stdio: 'inherit' }).status === 0;
if (!s3Ready) process.stdout.write('No S3 server could be installed; tests that need it are counted as skipped.\n');
build();

/** Formatting takes as long on one core as the others one after another. */
await Promise.all([
  check('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  (async () => {
    await check('types', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']);
    await check('lint', [bin('oxlint/bin/oxlint'), '.']);
    await check('walls', [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'apps',
      'libs',
    ]);
  })(),
]);
jest('unit', '(apps|libs)/[^/]+/src/.*\\.spec\\.ts$', 2);
// One more than there are cores: much of it waits, for deliveries, leases and back-off.
jest('integration', '(apps/[^/]+/test/(?!e2e/)|libs/[^/]+/test/).*\\.spec\\.ts$', 3);
jest('end-to-end', 'apps/[^/]+/test/e2e/.*\\.spec\\.ts$', 2);
jest('deploy', '(deploy|scripts)/.*\\.spec\\.ts$', 1);

rmSync(scratch, { recursive: true, force: true });
process.stdout.write('\n');
for (const row of rows) {
  process.stdout.write(
    `${row.name.padEnd(14)} ${String(row.passed).padStart(6)} passed ${String(row.failed).padStart(4)} failed ${String(row.skipped).padStart(4)} skipped ${row.seconds.padStart(8)} s  ${row.note}\n`,
  );
}
if (!process.env.CORPUS_DIR)
  process.stdout.write(
    '\nCORPUS_DIR is not set: tests on recorded postings were skipped (they are in the skipped count).\n',
  );
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exit(counts.failed === 0 ? 0 : 1);
