import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Once per run, in jest's main process: names the folder in which the workers start the servers they need, each kind
 * once, whoever comes first. Runs of unit specs alone start none.
 */
export default function setup() {
  if (process.env.TEST_RUN_DIR !== undefined) return;
  process.env.TEST_RUN_DIR = mkdtempSync(join(tmpdir(), 'career-copilot-test-'));
  process.env.TEST_RUN_OWNER_PID = String(process.pid);
}
