#!/usr/bin/env node
// `make start`: from a bare checkout to a running platform. Installs, builds, then becomes the standalone process.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, requireNode, root } from './prepare.mjs';

requireNode();
install();
build();
// Without source maps: reading them for a thousand modules is half a second of every start. `make dev` has them.
const child = spawn(process.execPath, [join(root, 'dist/apps/standalone/src/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  // Node 22 and newer keep compiled modules there; Node 20 does not look.
  env: { NODE_COMPILE_CACHE: join(root, 'dist', '.compile-cache'), ...process.env },
});
// The terminal sends Ctrl-C to the whole group; the child shuts down in order, we only wait and pass its code on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
