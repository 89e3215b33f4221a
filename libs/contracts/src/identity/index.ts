export * from './access.js';
export * from './accounts.js';
export * from './audit.js';
export * from './credentials.js';
export * from './events.js';
export * from './profile.js';
export * from './sessions.js';
export * from './skills.js';
