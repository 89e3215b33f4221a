import { appendFileSync } from 'node:fs';
import { faultLog, faultSpec } from './config.js';

/** Named lines at which the chaos rig lets a process die, to prove that nothing is lost or done twice there. */
export type FaultPointName =
  | 'tx.before'
  | 'outbox.between_domain_and_outbox'
  | 'tx.after_commit_before_wake'
  | 'relay.after_publish_before_ack'
  | 'relay.after_ack_before_mark'
  | 'consumer.before_tx'
  | 'consumer.after_inbox_before_effect'
  | 'consumer.after_commit_before_ack'
  | 'dlq.after_copy_before_term'
  | 'rpc.after_commit_before_reply'
  // Features name their own, e.g. `export.part_written_before_row`.
  | (string & {});

interface Armed {
  name: string;
  hitsLeft: number;
}

const armed: Armed | undefined = parse(faultSpec);

/**
 * Does nothing unless this name is armed (`FAULT=name:n`); the n-th hit kills the process the hard way. `afterIo` lets
 * what was just written to a socket leave first, for points that mean "sent, not yet confirmed".
 */
export function faultPoint(name: FaultPointName, options?: { afterIo: boolean }): void {
  if (armed === undefined || armed.name !== name) return;
  armed.hitsLeft -= 1;
  if (armed.hitsLeft !== 0) return;
  const die = (): void => {
    if (faultLog !== undefined) appendFileSync(faultLog, `${name} ${process.pid}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
  if (options?.afterIo === true) setImmediate(die);
  else die();
}

function parse(spec: string | undefined): Armed | undefined {
  if (spec === undefined || spec === '') return undefined;
  const match = /^([a-z_]+\.[a-z_]+)(?::([1-9]\d*))?$/.exec(spec);
  const name = match?.[1];
  if (name === undefined) throw new Error(`FAULT must look like "relay.after_publish_before_ack:3", not "${spec}"`);
  return { name, hitsLeft: Number(match?.[2] ?? 1) };
}
