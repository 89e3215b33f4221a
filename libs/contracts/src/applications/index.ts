export * from './events.js';
export * from './tracking.js';
