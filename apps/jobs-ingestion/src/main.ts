import { startService } from '#messaging';
import { loadSettings } from '#platform';
import { JobsIngestionModule } from './app.module.js';
import { jobsSettings } from './config.js';

const settings = loadSettings(jobsSettings);
await startService('jobs-ingestion', settings, JobsIngestionModule.register(settings));
