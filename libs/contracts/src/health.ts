import { Closed, Nullable, StringEnum, Timestamp, Type, type Static } from './schema.js';
import type { ServiceName } from './services.js';

/**
 * Published every few seconds on `health.<service>` by every replica of a service; lossy. The gateway shows it at
 * /health and never makes its own readiness depend on it.
 */
export const Heartbeat = Closed({
  service: Type.String({ maxLength: 40 }),
  /** Tells replicas apart; changes with every start. */
  instance: Type.String({ maxLength: 64 }),
  version: Type.String({ maxLength: 64 }),
  ready: Type.Boolean(),
  /** null where the process has none. */
  database: Nullable(StringEnum(['connected', 'disconnected'])),
  bus: Nullable(StringEnum(['connected', 'disconnected'])),
  at: Timestamp(),
});
export type Heartbeat = Static<typeof Heartbeat>;

export const HEARTBEAT_EVERY_MS = 5_000;
export const heartbeatSubject = (service: ServiceName | '*'): string => `health.${service}`;
