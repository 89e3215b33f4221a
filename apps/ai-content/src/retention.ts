import { dailyUseRetention, type Retention } from '#persistence';

export const aiContentRetention: Retention = {
  generation: {
    purpose: 'from which profile and posting a letter was written, so that it can be explained; goes with its letter',
    until: 'erasure',
    sweeps: [
      {
        since: 'created_at',
        event: 'it was asked for and came to no letter',
        keptMs: 30 * 86_400_000,
        where: `status <> 'succeeded'`,
      },
    ],
  },
  cover_letter: { purpose: 'letters of the person', until: { parent: 'generation' } },
  daily_use: dailyUseRetention,
};
