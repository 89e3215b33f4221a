import { JobsController } from './jobs.controller.js';
import { ScrapingController } from './scraping.controller.js';

export const jobsIngestionControllers = [JobsController, ScrapingController];
