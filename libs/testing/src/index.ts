export * from './assert-no-drift.js';
export * from './build.js';
export * from './corpus.js';
export * from './eventually.js';
export * from './fake-clock.js';
export * from './nats/index.js';
export * from './postgres/test-database.js';
export * from './postgres/test-postgres.js';
export { type RunServer, runFolder, runOwnerPid, sharedServer } from './run-folder.js';
