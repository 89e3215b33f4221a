import { Socket } from 'node:net';

/** Loaded into every service the rig starts: a service whose rig was killed must not live on. */
const rig = new Socket({ fd: 0 });
rig.on('close', () => process.kill(process.pid, 'SIGKILL'));
rig.on('error', () => process.kill(process.pid, 'SIGKILL'));
rig.resume();
rig.unref();
