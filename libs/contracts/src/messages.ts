import type { CommandContract, EventContract } from './define.js';

export type MessageContract = EventContract | CommandContract;

const isMessage = (value: unknown): value is MessageContract =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'event' || value.kind === 'command');

/** The durable messages among the exports of a module, by type; those that exist once per service are in lists. */
export const messagesOf = (exported: Readonly<Record<string, unknown>>): MessageContract[] =>
  Object.values(exported)
    .flat()
    .filter(isMessage)
    .sort((a, b) => (a.type < b.type ? -1 : 1));
