export {
  type CheckResult,
  HealthRegistry,
  type HealthSnapshot,
  type Readiness,
  type ReadinessCheck,
} from './health-registry.js';
export { HealthServer, type HealthServerOptions } from './health-server.js';
