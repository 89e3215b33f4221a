export * from './events.js';
export * from './posting-snapshot.js';
