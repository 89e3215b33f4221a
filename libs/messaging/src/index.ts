export * from './bus/bus.port.js';
export * from './consume/contexts.js';
export * from './decorators.js';
export * from './outbox/outbox.js';
export * from './rpc/caller-id.js';
export * from './rpc/idempotency.js';
export * from './rpc/rpc-client.js';
export * from './rpc/rpc-context.js';
