import { EmployerPostingsController } from './employer-postings.controller.js';
import { JobsController } from './jobs.controller.js';
import { ScrapingController } from './scraping.controller.js';

export const jobsIngestionControllers = [JobsController, EmployerPostingsController, ScrapingController];
