export { AnalyticsModule } from './app.module.js';
export { analyticsSettings } from './config.js';
export { analyticsSchema } from './data-source.js';
export { analyticsRetention } from './retention.js';
