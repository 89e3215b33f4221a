import type { Static } from '#contracts';
import type { DeadLetter, Envelope } from '#contracts';
import { newId } from '#kernel';
import type { Database, Tx, UnitOfWork } from '#persistence';
import type { Headers } from '../bus/bus.port.js';
import { readEnvelope } from '../consume/envelope.js';
import { reasonOf } from '../consume/settlement.js';
import { parseJson } from '../rpc/wire.js';
import { type DeadLetterFilter, deadLetterRepository, type DeadLetterRow } from './dead-letter.repository.js';

/** The effect of one event, once, in a transaction that `also` joins. */
export type ReplayEvent = (
  envelope: Envelope,
  headers: Headers,
  attempt: number,
  also: (tx: Tx) => Promise<void>,
) => Promise<'done' | 'duplicate' | 'ignored'>;

export interface ReplayReport {
  replayed: number;
  skipped: number;
  failed: { id: string; reason: string }[];
  remaining: number;
}

/** Handlers that run beside each other during a replay. */
const AT_ONCE = 4;

export class DeadLetterService {
  private readonly events = new Map<string, ReplayEvent>();

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly wakeRelay: () => void,
  ) {}

  /** Which handler a durable's letters belong to. Commands need none: they go back into their queue. */
  serve(consumer: string, stream: string, replay: ReplayEvent): void {
    this.events.set(`${consumer}\n${stream}`, replay);
  }

  async list(filter: DeadLetterFilter, page: number, perPage: number) {
    const total = await deadLetterRepository.count(this.database, filter);
    const rows = await deadLetterRepository.page(this.database, filter, perPage, (page - 1) * perPage);
    const total_pages = Math.ceil(total / perPage);
    return { total, page, per_page: perPage, total_pages, dead_letters: rows.map(toResponse) };
  }

  /** The given letters, or the oldest open ones. A letter that had its effect before is skipped. */
  async replay(ids: readonly string[] | undefined, consumer: string | undefined, limit: number): Promise<ReplayReport> {
    const open: DeadLetterFilter = { state: 'open', consumer };
    const queue = [...(ids ?? (await deadLetterRepository.page(this.database, open, limit, 0)).map((row) => row.id))];
    const report: ReplayReport = { replayed: 0, skipped: 0, failed: [], remaining: 0 };
    const work = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) await this.replayOne(id, report);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.wakeRelay();
    report.remaining = await deadLetterRepository.count(this.database, open);
    return report;
  }

  private async replayOne(id: string, report: ReplayReport): Promise<void> {
    const row = await deadLetterRepository.get(this.database, id);
    if (row === undefined || row.replayed_at !== null) {
      report.skipped += 1;
      return;
    }
    try {
      const hadEffect = row.stream.startsWith('CMD_') ? await this.requeue(id) : await this.runEvent(row);
      if (hadEffect) report.replayed += 1;
      else report.skipped += 1;
    } catch (error) {
      const reason = reasonOf(error);
      await deadLetterRepository.markFailedAgain(this.database, id, reason);
      report.failed.push({ id, reason });
    }
  }

  /** Here and now, with the inbox as the guard; the mark commits with the effect. */
  private async runEvent(row: DeadLetterRow): Promise<boolean> {
    const replay = this.events.get(`${row.consumer}\n${row.stream}`);
    if (replay === undefined) throw new Error(`no handler runs for ${row.consumer}`);
    const envelope = readEnvelope(Buffer.from(row.envelope, 'utf8'));
    const result = await replay(envelope, row.headers, row.attempts + 1, (tx) =>
      deadLetterRepository.markReplayed(tx, row.id),
    );
    if (result === 'ignored') throw new Error(`${row.consumer} does not read ${envelope.type} any more`);
    return result === 'done';
  }

  /** Work of minutes does not belong into an answer: it goes back through the outbox. Its inbox id stays the same. */
  private requeue(id: string): Promise<boolean> {
    return this.unitOfWork.run(async (tx) => {
      const row = await deadLetterRepository.take(tx, id);
      if (row === undefined) return false;
      await tx.query(
        'dead-letter.requeue',
        `INSERT INTO outbox (id, stream, subject, payload, headers) VALUES ($1, $2, $3, $4, $5)`,
        [newId(), row.stream, row.subject, row.envelope, JSON.stringify(row.headers)],
      );
      await deadLetterRepository.markReplayed(tx, id);
      return true;
    });
  }
}

function toResponse(row: DeadLetterRow): Static<typeof DeadLetter> {
  const envelope = parseJson(row.envelope);
  const member = (key: string): unknown =>
    typeof envelope === 'object' && envelope !== null ? Reflect.get(envelope, key) : undefined;
  const type = member('type');
  return {
    id: row.id,
    consumer: row.consumer,
    message_id: row.message_id,
    type: typeof type === 'string' ? type : 'unreadable',
    subject: row.subject,
    reason: row.reason,
    attempts: row.attempts,
    failed_at: row.failed_at.toISOString(),
    replayed_at: row.replayed_at?.toISOString() ?? null,
    data: member('data') ?? null,
  };
}
