export * from './events.js';
export * from './inbox.js';
