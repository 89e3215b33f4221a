import { writeBase } from './kustomize.js';
import { buildRenderer } from './tools.js';

/** `npm run check-deploy -- --write`: what overlays are built from, anew from the chart. */
const renderer = buildRenderer();
if (renderer.path === undefined) {
  process.stderr.write(`${renderer.missing}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${await writeBase(renderer.path)} files written below k8s/\n`);
}
