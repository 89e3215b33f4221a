export * from './delivery.js';
export * from './events.js';
export * from './inbox.js';
export * from './local-outbox.js';
export * from './webhook-events.js';
export * from './webhooks.js';
