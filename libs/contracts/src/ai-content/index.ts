export * from './cover-letters.js';
export * from './events.js';
