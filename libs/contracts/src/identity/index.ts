export * from './access.js';
export * from './events.js';
