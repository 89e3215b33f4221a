#!/usr/bin/env node
// `npm run check-deploy`: chart, overlays, compose file and Dockerfile, judged without a cluster.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values: options } = parseArgs({
  options: { write: { type: 'boolean' }, image: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

if (options.help) {
  process.stdout
    .write(`Checks what is deployed, without a cluster. What cannot run here is counted as skipped and says why.

  --write   write k8s/base and k8s/nats-* anew from the chart
  --image   build the image as well, on a stand-in of its base image (root, buildah, debootstrap; some minutes)
`);
} else if (options.write) {
  await import('../dist/scripts/check-deploy/main.js');
} else {
  const words = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const result = spawnSync(process.execPath, [...words, '--verbose', 'scripts/check-deploy'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'test', CHECK_DEPLOY_IMAGE: options.image ? '1' : '' },
  });
  process.exitCode = result.status ?? 1;
}
