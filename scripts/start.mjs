#!/usr/bin/env node
// `make start`: from a bare checkout to a running platform. Installs, builds, then becomes the standalone process.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, requireNode, root } from './prepare.mjs';

requireNode();
install();
build();
const child = spawn(
  process.execPath,
  ['--enable-source-maps', join(root, 'dist/apps/standalone/src/main.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
// The terminal sends Ctrl-C to the whole group; the child shuts down in order, we only wait and pass its code on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
