import type { StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { StreamSpec } from './topology.js';

/** The settings of a stream we decide about; everything else is the server's default. */
export type WantedStream = Pick<
  StreamConfig,
  | 'name'
  | 'subjects'
  | 'retention'
  | 'storage'
  | 'discard'
  | 'max_age'
  | 'max_bytes'
  | 'duplicate_window'
  | 'num_replicas'
  | 'deny_delete'
  | 'deny_purge'
>;

export function wantedStream(spec: StreamSpec): WantedStream {
  return {
    name: spec.name,
    subjects: [...spec.subjects],
    // Events have several readers, whose filters overlap; a work queue does not allow that and forgets what is done.
    retention: spec.kind === 'work' ? 'workqueue' : 'limits',
    storage: 'file',
    // A full queue refuses and the outbox keeps; a full event stream forgets its oldest.
    discard: spec.kind === 'events' ? 'old' : 'new',
    max_age: nanos(spec.maxAgeMs),
    max_bytes: spec.maxBytes,
    duplicate_window: nanos(spec.duplicateWindowMs),
    num_replicas: spec.replicas,
    // Erasure may have to purge by subject one day, and both flags cannot be taken back.
    deny_delete: false,
    deny_purge: false,
  };
}

export type DifferenceKind = 'changeable' | 'one-way' | 'unchangeable';

export interface StreamDifference {
  stream: string;
  field: string;
  wanted: unknown;
  existing: unknown;
  kind: DifferenceKind;
  remedy: string;
}

/**
 * How a running stream may be changed. Checked on nats-server 2.9.10, 2026-11-20; the server's own rules
 * (`configUpdateCheck`) are the same in 2.12 for these fields.
 */
const KIND_OF: Record<Exclude<keyof WantedStream, 'name'>, DifferenceKind> = {
  subjects: 'changeable',
  discard: 'changeable',
  max_age: 'changeable',
  max_bytes: 'changeable',
  duplicate_window: 'changeable',
  num_replicas: 'changeable',
  deny_delete: 'one-way',
  deny_purge: 'one-way',
  retention: 'unchangeable',
  storage: 'unchangeable',
};

const REMEDY: Record<DifferenceKind, string> = {
  changeable: 'Changed at start by the service that owns the stream.',
  'one-way':
    'The server lets this be switched on but never off: delete the stream; it is made anew and the relay refills it from the outbox.',
  unchangeable:
    'The server cannot change this: delete the stream (nats stream rm); it is made anew and the relay refills it from the outbox.',
};

/** What differs between a wanted and an existing stream. */
export function compareStream(wanted: WantedStream, existing: Partial<StreamConfig>): StreamDifference[] {
  const fields = Object.keys(KIND_OF) as (keyof typeof KIND_OF)[];
  return fields
    .filter((field) => !same(wanted[field], existing[field]))
    .map((field) => ({
      stream: wanted.name,
      field,
      wanted: wanted[field],
      existing: existing[field],
      kind: KIND_OF[field],
      remedy: REMEDY[KIND_OF[field]],
    }));
}

function same(wanted: unknown, existing: unknown): boolean {
  if (Array.isArray(wanted) && Array.isArray(existing)) return inOrder(wanted) === inOrder(existing);
  // The server leaves out what is false or zero.
  return (existing ?? false) === wanted || (wanted === 0 && existing === undefined);
}

const inOrder = (values: readonly unknown[]): string => values.map(String).sort().join(' ');
