import type { Type } from '@nestjs/common';
import { aiContentControllers } from './ai-content/index.js';
import { analyticsControllers } from './analytics/index.js';
import { applicationsControllers } from './applications/index.js';
import { identityControllers } from './identity/index.js';
import { jobsIngestionControllers } from './jobs-ingestion/index.js';
import { notificationsControllers } from './notifications/index.js';

/** The doors of the services, one list per folder. */
export const serviceControllers: Type[] = [
  ...identityControllers,
  ...jobsIngestionControllers,
  ...applicationsControllers,
  ...aiContentControllers,
  ...analyticsControllers,
  ...notificationsControllers,
];
