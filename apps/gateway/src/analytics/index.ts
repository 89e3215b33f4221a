import { AnalyticsController } from './analytics.controller.js';

export const analyticsControllers = [AnalyticsController];
