import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

/**
 * Runs the compiled rig (`npm run build`) as a process of its own, on the deployed shape: it kills processes, and
 * jest's modules are not what is deployed. The seed is another one every day; a failure prints how to repeat it.
 */
const rig = join(process.cwd(), 'dist/bench/chaos/main.js');

interface Summary {
  ok: boolean;
  command: string;
  lost: number;
  doubled: number;
  violations: unknown[];
  operations: { acknowledged: number };
  rest: { quiet: boolean };
  kills?: { total: number; inWindows: number; perWindow: Record<string, number>; serverRestarts: string[] };
}

const run = (): Promise<Summary> =>
  new Promise((resolve, reject) => {
    const options = { maxBuffer: 16 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '' } };
    execFile(process.execPath, [rig, '--quick', '--json'], options, (error, stdout, stderr) => {
      // Exit code 1 with a summary is a finding, not a failure to run.
      if (stdout.trim() === '') reject(new Error(`the rig ended without a summary\n${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout));
    });
  });

const held = (summary: Summary) => ({
  violations: summary.violations,
  lost: summary.lost,
  doubled: summary.doubled,
  atRest: summary.rest.quiet,
  ok: summary.ok,
});
const HELD = { violations: [], lost: 0, doubled: 0, atRest: true, ok: true };

describe('while people use the platform', () => {
  beforeAll(() => {
    if (!existsSync(rig)) throw new Error('dist is missing: run `npm run build` first');
  });

  it('loses nothing and does nothing twice when its processes are killed at 40 points, its servers among them', async () => {
    const summary = await run();
    expect(held(summary)).toEqual(HELD);
    expect(summary.kills?.total).toBeGreaterThanOrEqual(40);
    expect(Object.entries(summary.kills?.perWindow ?? { none: 0 }).filter(([, count]) => count === 0)).toEqual([]);
    expect(summary.kills?.serverRestarts).toHaveLength(4);
    expect(summary.operations.acknowledged).toBeGreaterThan(100);
  }, 600_000);
});
