export { GatewayModule } from './app.module.js';
export { gatewayOwnSettings, type GatewaySettings, gatewaySettings } from './config.js';
export { gatewayHttp } from './http/server.js';
