export { JobsIngestionModule } from './app.module.js';
export { jobsOwnSettings, jobsSettings, type JobsSettings } from './config.js';
export { jobsSchema } from './data-source.js';
export { RunService } from './runs/run.service.js';
