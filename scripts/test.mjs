#!/usr/bin/env node
// `make test`: installs what is missing, then every check of the house, cheapest first. Prints the counts last.
// A step that cannot run here is counted as skipped and says why; it never counts as passed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, requireNode, root } from './prepare.mjs';

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

/** A tool that either agrees or does not: one check. */
function check(name, args) {
  if (only && !only.includes(name)) return;
  process.stdout.write(`\n── ${name}\n`);
  const startedAt = Date.now();
  const ok = runNode(args) === 0;
  record(name, ok ? 1 : 0, ok ? 0 : 1, 0, startedAt);
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
const natsReady =
  spawnSync('bash', [join(root, 'scripts/install-nats-server.sh')], { cwd: root, stdio: 'inherit' }).status === 0;
if (!natsReady) process.stdout.write('nats-server could not be installed; tests that need it will fail and say so.\n');
build();

check('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']);
check('lint', [bin('eslint/bin/eslint.js'), '.']);
check('types', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']);
check('walls', [
  bin('dependency-cruiser/bin/dependency-cruise.mjs'),
  '--config',
  '.dependency-cruiser.cjs',
  'apps',
  'libs',
]);
jest('unit', '(apps|libs)/[^/]+/src/.*\\.spec\\.ts$', 2);
jest('integration', '(apps/[^/]+/test/(?!e2e/)|libs/[^/]+/test/).*\\.spec\\.ts$', 2);
jest('end-to-end', 'apps/[^/]+/test/e2e/.*\\.spec\\.ts$', 1);
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
