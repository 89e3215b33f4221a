export { findNatsServer } from './nats-binary.js';
export { freePort } from './nats-process.js';
export * from './start-nats.js';
