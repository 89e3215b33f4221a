import { busRetention, messagingDefaults, messagingRetention } from '#messaging';
import { type Retention, retentionDocument, type SchemaOwner } from '#persistence';
import { readSettings } from '#platform';
import { aiContentRetention } from '../../ai-content/src/index.js';
import { analyticsRetention } from '../../analytics/src/index.js';
import { applicationsRetention } from '../../applications/src/index.js';
import { identityOwnSettings, identityRetention } from '../../identity/src/index.js';
import { jobsRetention } from '../../jobs-ingestion/src/index.js';
import { notificationsOwnSettings, notificationsRetention } from '../../notifications/src/index.js';

const { SESSIONS_KEPT, AUDIT_KEPT, REFRESH_TOKEN_TTL } = identityOwnSettings;
const { NOTIFICATIONS_KEPT } = notificationsOwnSettings;
/** Of an installation that set nothing. */
const periods = readSettings({ SESSIONS_KEPT, AUDIT_KEPT, REFRESH_TOKEN_TTL, NOTIFICATIONS_KEPT }, {});

const inEveryService = messagingRetention(messagingDefaults);

const own: Readonly<Record<SchemaOwner, Retention>> = {
  identity: identityRetention(periods),
  'jobs-ingestion': jobsRetention,
  applications: applicationsRetention,
  'ai-content': aiContentRetention,
  analytics: analyticsRetention,
  notifications: notificationsRetention(periods),
  bus: busRetention,
};

/** How long every table of a schema is kept. */
export const retentionOf = (owner: SchemaOwner): Retention =>
  owner === 'bus' ? own.bus : { ...inEveryService, ...own[owner] };

export const allRetentionInWords = (): string => {
  const { bus, ...services } = own;
  return retentionDocument({ ...services, 'Every service beside its own': inEveryService, 'The local bus': bus });
};
