export { ApplicationsModule } from './app.module.js';
export { applicationsSettings } from './config.js';
export { applicationsSchema } from './data-source.js';
export { applicationsRetention } from './retention.js';
