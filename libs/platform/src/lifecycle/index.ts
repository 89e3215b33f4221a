export { bootstrap, type BootstrapOptions, type RunningApp } from './bootstrap.js';
export type { HttpOptions } from './http-app.js';
export { explainListenError, listen, type ListenAt } from './listen.js';
export {
  SHUTDOWN_PHASES,
  type ShutdownHook,
  type ShutdownPhase,
  type ShutdownReport,
  ShutdownSequence,
} from './shutdown-sequence.js';
export { StartError } from './start-error.js';
