import type { Retention } from '#persistence';

const code = 'the local bus itself, each minute';

/** The log of the local adapter (`PRUNE` in local-store.ts). */
export const busRetention: Retention = {
  messages: {
    purpose: 'events for readers that were away; work until it is done',
    until: { code, after: 'work: when it is done; events: 30 days after they were stored' },
  },
  recent_ids: {
    purpose: 'storing a message once',
    until: { code, after: '10 minutes after it was stored' },
  },
  unsettled: {
    purpose: 'who has a message in hand',
    until: { code, after: 'when it is settled or its message is gone' },
  },
  streams: { purpose: 'where messages are', until: { never: 'one row per stream' } },
  cursors: { purpose: 'how far a reader has come', until: { never: 'one row per reader' } },
  migrations: { purpose: 'what the database is made of', until: { never: 'each runs once' } },
};
