import type { Retention } from '#persistence';

export const applicationsRetention: Retention = {
  application: { purpose: 'applications of the person', until: 'erasure' },
  timeline_entry: { purpose: 'the history of an application', until: { parent: 'application' } },
};
