export { AiContentModule } from './app.module.js';
export { aiContentSettings } from './config.js';
export { aiContentSchema } from './data-source.js';
export { aiContentRetention } from './retention.js';
