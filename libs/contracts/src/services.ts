/** The processes of the cluster: a public door and the six services behind it. */
export const SERVICES = [
  'identity',
  'jobs-ingestion',
  'applications',
  'ai-content',
  'analytics',
  'notifications',
] as const;
export type ServiceName = (typeof SERVICES)[number];
export type AppName = ServiceName | 'gateway';
export const APPS: readonly AppName[] = ['gateway', ...SERVICES];

/** Schema (and login role) each service owns in PostgreSQL. */
export const SCHEMA_OF: Record<ServiceName, string> = {
  identity: 'identity',
  'jobs-ingestion': 'jobs',
  applications: 'applications',
  'ai-content': 'ai',
  analytics: 'analytics',
  notifications: 'notifications',
};
