export { findNatsServer } from './nats-binary.js';
export * from './start-nats.js';
