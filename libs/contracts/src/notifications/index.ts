export * from './delivery.js';
export * from './events.js';
export * from './inbox.js';
