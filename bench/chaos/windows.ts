import type { AppName } from '#contracts';
import type { FaultPointName } from '#kernel';

/** A named line to die at: `hit` is the how-manieth time the process gets there. */
export interface Fault {
  point: Window;
  hit: number;
}

/** Every window must be hit in a run, or the run proves nothing about it. */
export const WINDOWS = [
  'tx.before',
  'outbox.between_domain_and_outbox',
  'tx.after_commit_before_wake',
  'relay.after_publish_before_ack',
  'relay.after_ack_before_mark',
  'consumer.before_tx',
  'consumer.after_inbox_before_effect',
  'consumer.after_commit_before_ack',
  'dlq.after_copy_before_term',
  'rpc.after_commit_before_reply',
] as const satisfies readonly FaultPointName[];
export type Window = (typeof WINDOWS)[number];

/** What the relay's poll passes about once a second even without load is armed for a later hit. */
const LATEST_HIT: Record<Window, number> = {
  'tx.before': 20,
  'outbox.between_domain_and_outbox': 4,
  'tx.after_commit_before_wake': 20,
  'relay.after_publish_before_ack': 5,
  'relay.after_ack_before_mark': 3,
  'consumer.before_tx': 5,
  'consumer.after_inbox_before_effect': 5,
  'consumer.after_commit_before_ack': 5,
  // One poison message a second and reader, so the first will do.
  'dlq.after_copy_before_term': 1,
  'rpc.after_commit_before_reply': 8,
};
export const latestHit = (point: Window): number => LATEST_HIT[point];

const WRITES: readonly Window[] = [
  'tx.before',
  'outbox.between_domain_and_outbox',
  'tx.after_commit_before_wake',
  'relay.after_publish_before_ack',
  'relay.after_ack_before_mark',
];
const READS: readonly Window[] = [
  'consumer.before_tx',
  'consumer.after_inbox_before_effect',
  'consumer.after_commit_before_ack',
];

/** Which windows a process passes under the load of the clients. The gateway has none: it dies by the timer. */
export const WINDOWS_OF: Record<AppName, readonly Window[]> = {
  gateway: [],
  identity: [...WRITES, 'rpc.after_commit_before_reply'],
  'jobs-ingestion': [...WRITES, ...READS, 'rpc.after_commit_before_reply'],
  applications: [...WRITES, 'rpc.after_commit_before_reply'],
  'ai-content': [...WRITES, 'consumer.before_tx', 'consumer.after_commit_before_ack', 'rpc.after_commit_before_reply'],
  analytics: [...READS, 'tx.before', 'dlq.after_copy_before_term'],
  notifications: [...WRITES, ...READS, 'dlq.after_copy_before_term'],
};
