export * from './access.js';
export * from './events.js';
export * from './profile.js';
