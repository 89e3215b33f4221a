export * from './app-error.js';
export * from './clock.js';
export * from './fault-point.js';
export * from './ids.js';
