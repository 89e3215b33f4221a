export * from './app-process.js';
export * from './start-cluster.js';
