import { parseArgs } from 'node:util';
import { writeBase } from './kustomize.js';
import { runAll } from './report.js';
import { buildRenderer } from './tools.js';

const { values: options } = parseArgs({
  options: { write: { type: 'boolean' }, image: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

if (options.help === true) {
  process.stdout.write(`Checks what is deployed, without a cluster.

  --write   write k8s/base and k8s/nats-* anew from the chart
  --image   build the image as well, against a stand-in of its base image (root, buildah; some minutes)

Prints what ran, what could not and why. Exit code 1 when something is wrong.
`);
} else if (options.write === true) {
  const renderer = buildRenderer();
  if (renderer.path === undefined) throw new Error(renderer.missing);
  process.stdout.write(`${await writeBase(renderer.path)} files written below k8s/\n`);
} else {
  process.exitCode = await runAll({ withImage: options.image === true });
}
