export { JobsIngestionModule } from './app.module.js';
export { jobsOwnSettings, jobsSettings, type JobsSettings } from './config.js';
export { jobsSchema } from './data-source.js';
export { jobsRetention } from './retention.js';
export { type ImportLine, readPostings } from './sources/index.js';
