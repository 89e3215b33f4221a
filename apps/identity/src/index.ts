export { type OwnerResult, OwnerService, type OwnerWish } from './accounts/owner.service.js';
export { IdentityModule } from './app.module.js';
export { identityChecks, identityOwnSettings, identitySettings, type IdentitySettings } from './config.js';
export { identitySchema } from './data-source.js';
export { identityRetention } from './retention.js';
