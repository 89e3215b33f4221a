import type { Type } from '@nestjs/common';
import { DeadLettersController } from './admin/dead-letters.controller.js';
import { aiContentControllers } from './ai-content/index.js';
import { analyticsControllers } from './analytics/index.js';
import { applicationsControllers } from './applications/index.js';
import { HealthController } from './health/health.controller.js';
import { identityControllers } from './identity/index.js';
import { jobsIngestionControllers } from './jobs-ingestion/index.js';
import { TicketsController } from './live/tickets.controller.js';
import { notificationsControllers } from './notifications/index.js';

/** Every door of the house: the gateway's own and one list per service. Routes and documentation come from here. */
export const gatewayControllers: readonly Type[] = [
  HealthController,
  DeadLettersController,
  TicketsController,
  ...identityControllers,
  ...jobsIngestionControllers,
  ...applicationsControllers,
  ...aiContentControllers,
  ...analyticsControllers,
  ...notificationsControllers,
];
