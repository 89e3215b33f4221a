export {};
export * from './nats/index.js';
