export { GatewayModule } from './app.module.js';
export { gatewayChecks, gatewayOwnSettings, type GatewaySettings, gatewaySettings } from './config.js';
export { RouteTable } from './http/route-table.js';
export { gatewayHttp } from './http/server.js';
