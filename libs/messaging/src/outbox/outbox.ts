import type { CommandContract, EventContract, Static, TSchema } from '#contracts';
import { faultPoint } from '#kernel';
import { afterCommit, type Tx } from '#persistence';
import { type MessageFacts, prepareMessage } from './envelope-rows.js';

/** One line: which thing it is about, what to tell, and what caused it. */
export type OutboxOptions = MessageFacts;

/**
 * Events and commands leave with the change they tell about: the row is written in the same transaction, a relay
 * publishes it afterwards. `add` never talks to the bus.
 */
export class Outbox {
  /**
   * `wake` runs after the commit. The relay of this very process is told directly instead of through NOTIFY: a
   * transaction that notifies holds a lock over its commit that makes all notifying commits of the cluster wait for
   * each other. Rows of a process without a relay are found by polling.
   */
  constructor(
    private readonly source: string,
    private readonly wake: () => void = () => undefined,
  ) {}

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
    const rows = items.map(({ data, ...facts }) => prepareMessage(this.source, contract, data, facts));
    faultPoint('outbox.between_domain_and_outbox');
    // ON CONFLICT: a deterministic id that was enqueued before stays as it is.
    await tx.query(
      'outbox.add',
      `INSERT INTO outbox (id, stream, subject, payload, headers)
       SELECT r.id, $2, $3, r.payload, r.headers
       FROM unnest($1::uuid[], $4::text[], $5::jsonb[]) AS r(id, payload, headers)
       ON CONFLICT (id) DO NOTHING`,
      [
        rows.map((row) => row.id),
        contract.stream,
        contract.subject,
        rows.map((row) => row.payload),
        rows.map((row) => JSON.stringify(row.headers)),
      ],
    );
    afterCommit(tx, this.wake);
    return rows.map((row) => row.id);
  }
}
