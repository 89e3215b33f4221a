import { type CommandContract, type Envelope, type EventContract, type Static, type TSchema } from '#contracts';
import { newId, systemClock } from '#kernel';
import type { Tx } from '#persistence';
import { context, propagation } from '@opentelemetry/api';

/** One line: which thing it is about, what to tell, and what caused it. */
export interface OutboxOptions {
  /** Id of the thing (CloudEvents `subject`). */
  subject: string;
  requestId?: string;
  /** Id of the event or command that caused this one. */
  causationId?: string;
  /** Deterministic id for work that must be enqueued once (e.g. one slot of a schedule). */
  id?: string;
}

/**
 * Events and commands leave with the change they tell about: the row is written in the same transaction, a relay
 * publishes it afterwards. `add` never talks to the bus.
 */
export class Outbox {
  constructor(private readonly source: string) {}

  async add<D extends TSchema>(
    tx: Tx,
    contract: EventContract<D> | CommandContract<D>,
    data: Static<D>,
    options: OutboxOptions,
  ): Promise<string> {
    const [id] = await this.addMany(tx, contract, [{ data, ...options }]);
    if (id === undefined) throw new Error('addMany answered no id for one row');
    return id;
  }

  /** The same for many: one statement, for batches of an ingestion run. Answers the ids in order. */
  async addMany<D extends TSchema>(
    tx: Tx,
    contract: EventContract<D> | CommandContract<D>,
    items: readonly ({ data: Static<D> } & OutboxOptions)[],
  ): Promise<string[]> {
    if (items.length === 0) return [];
    const carrier: Record<string, string> = {};
    propagation.inject(context.active(), carrier);
    const rows = items.map((item) => {
      const envelope: Envelope = {
        id: item.id ?? newId(),
        type: contract.type,
        source: this.source,
        subject: item.subject,
        time: systemClock.now().toISOString(),
        data: item.data,
      };
      const headers: Record<string, string> = { ...carrier };
      if (item.requestId !== undefined) headers['cc-request-id'] = item.requestId;
      if (item.causationId !== undefined) headers['cc-causation-id'] = item.causationId;
      return { envelope, headers };
    });
    // ON CONFLICT: a deterministic id that was enqueued before stays as it is.
    await tx.query(
      'outbox.add',
      `INSERT INTO outbox (id, stream, subject, payload, headers)
       SELECT r.id, $2, $3, r.payload, r.headers
       FROM unnest($1::uuid[], $4::text[], $5::jsonb[]) AS r(id, payload, headers)
       ON CONFLICT (id) DO NOTHING`,
      [
        rows.map((row) => row.envelope.id),
        contract.stream,
        contract.subject,
        rows.map((row) => JSON.stringify(row.envelope)),
        rows.map((row) => JSON.stringify(row.headers)),
      ],
    );
    return rows.map((row) => row.envelope.id);
  }
}
