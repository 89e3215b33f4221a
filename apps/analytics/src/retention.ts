import type { Retention } from '#persistence';

export const analyticsRetention: Retention = {
  activity: {
    purpose: 'counting what the person did: postings viewed, searches, letters written',
    until: 'erasure',
    sweeps: [
      {
        since: 'occurred_at',
        event: 'a view or a search',
        keptMs: 2 * 365 * 86_400_000,
        where: `kind IN ('view', 'search')`,
      },
    ],
  },
  application_step: { purpose: 'counting how far applications came; goes with the application', until: 'erasure' },
  deleted_application: {
    purpose: 'two ids, by which a late message does not bring a deleted application back',
    until: 'erasure',
  },
  bookmark: { purpose: 'counting what is kept', until: 'erasure' },
};
