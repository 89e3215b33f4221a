export * from './app-error.js';
export * from './clock.js';
export * from './fault-point.js';
export * from './ids.js';
export * from './names/company-name.js';
export * from './names/countries.js';
export * from './names/fold.js';
