import { Socket } from 'node:net';

/** Loaded into every process the benchmark starts: none of them outlives it. */
const owner = new Socket({ fd: 0 });
owner.on('close', () => process.kill(process.pid, 'SIGKILL'));
owner.on('error', () => process.kill(process.pid, 'SIGKILL'));
owner.resume();
owner.unref();
