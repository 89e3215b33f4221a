import { type AppName, type ServiceName, SERVICES } from './services.js';

/**
 * Who reads whose events. A durable reader has the durable `<reader>-<feature>` on the event stream of every service
 * it reads; a live one hears the events as they happen and keeps no position. NATS rights are generated from this
 * list, so `@OnEvent` with a reader and feature that are not in it fails at start.
 */
export interface ReaderContract {
  readonly kind: 'reader';
  readonly reader: AppName;
  readonly feature: string;
  readonly reads: readonly ServiceName[];
  readonly live: boolean;
}

const durable = (reader: ServiceName, feature: string, reads: readonly ServiceName[]): ReaderContract => ({
  kind: 'reader',
  reader,
  feature,
  reads,
  live: false,
});
const live = (reader: AppName, feature: string, reads: readonly ServiceName[]): ReaderContract => ({
  kind: 'reader',
  reader,
  feature,
  reads,
  live: true,
});

export const READERS: readonly ReaderContract[] = [
  // Revoked sessions and changed roles must count within a second on every replica of the door.
  live('gateway', 'access', ['identity']),
  live('gateway', 'caches', ['jobs-ingestion']),
  durable('jobs-ingestion', 'match-profiles', ['identity']),
  durable('jobs-ingestion', 'employers', ['identity']),
  durable('analytics', 'facts', ['identity', 'jobs-ingestion', 'applications', 'ai-content', 'notifications']),
  durable('notifications', 'deliveries', ['identity', 'jobs-ingestion', 'applications', 'ai-content']),
  // A durable of its own: what goes wrong with webhooks must not hold up what people are told.
  durable('notifications', 'webhooks', ['identity', 'jobs-ingestion', 'applications', 'ai-content']),
  // Everybody is asked by identity to hand out or erase what he holds on a person, identity too; it collects the answers.
  ...SERVICES.map((service) => durable(service, 'user-data', ['identity'])),
  durable('identity', 'my-data', SERVICES),
];
