import { Inject, Injectable } from '@nestjs/common';
import {
  AssembleExportV1,
  type Envelope,
  SERVICES,
  type ServiceName,
  type Static,
  UserExportRequestedV1,
  type userDataOf,
} from '#contracts';
import { type Clock, faultPoint } from '#kernel';
import { Outbox } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK, FileStore } from '#platform';
import { nextAskAt } from '../erasure/ask-again.js';
import { ExportRepository, type ExportRow } from './export.repository.js';

export const EXPORTS_AREA = 'exports';
/** Parts are kept so long; an export that is not complete by then has failed. */
const PARTS_KEPT_MS = 7 * 86_400_000;
/** Rows come before files, so a file without one is left over; an hour also covers a reader of the list that is late. */
const ORPHAN_AGE_MS = 3_600_000;

type ExportedData = Static<ReturnType<typeof userDataOf>['exported']['data']>;
interface Cause {
  requestId: string;
  causationId?: string;
}

/** Asks every service for its part, waits for all of them, and has them made into one file. */
@Injectable()
export class ExportSaga {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly exports: ExportRepository,
    private readonly files: FileStore,
  ) {}

  /** Asks again where an answer is missing, gives up after a week, and deletes what has expired. */
  async tick(): Promise<void> {
    const now = this.clock.now();
    for (const { id } of await this.exports.dueToAsk(this.database, now)) {
      await this.unitOfWork.run(async (tx) => {
        const row = await this.exports.lock(tx, id);
        if (row?.status !== 'collecting' && row?.status !== 'assembling') return;
        // Another leader may have asked meanwhile.
        if (row.nextAskAt === null || row.nextAskAt > now) return;
        if (now.getTime() - row.requestedAt.getTime() <= PARTS_KEPT_MS) return this.ask(tx, row, { requestId: id });
        await this.exports.setStatus(tx, id, 'failed');
      });
    }
    for (const { id, fileId } of await this.exports.expired(this.database, now)) {
      if (fileId !== null) await this.files.delete(EXPORTS_AREA, fileId);
      await this.unitOfWork.run((tx) => this.exports.setStatus(tx, id, 'expired'));
    }
  }

  /** Files no row knows (any more): whoever wrote or deleted them died at it. */
  async sweep(): Promise<void> {
    const youngest = this.clock.now().getTime() - ORPHAN_AGE_MS;
    const old: string[] = [];
    for await (const { id, modifiedAt } of this.files.list(EXPORTS_AREA)) {
      if (modifiedAt.getTime() < youngest) old.push(id);
    }
    const known = await this.exports.knownFiles(this.database, old);
    for (const id of old) if (!known.has(id)) await this.files.delete(EXPORTS_AREA, id);
  }

  /** The first time and every time again. */
  async ask(tx: Tx, { id, userId, requestedAt, asked }: ExportRow, cause: Cause): Promise<void> {
    const missing = await this.missing(tx, id);
    const facts = { subject: userId, ...cause };
    if (missing.length === 0) {
      await this.outbox.add(tx, AssembleExportV1, { user_id: userId, request_id: id }, facts);
    } else {
      const expires_at = new Date(requestedAt.getTime() + PARTS_KEPT_MS).toISOString();
      const data = { user_id: userId, request_id: id, services: missing, expires_at };
      await this.outbox.add(tx, UserExportRequestedV1, data, facts);
    }
    await this.exports.askedAgain(tx, id, nextAskAt(this.clock.now(), asked));
  }

  async answered(tx: Tx, service: ServiceName, event: Envelope<ExportedData>, cause: Cause): Promise<void> {
    const { request_id: id, records, files } = event.data;
    const row = await this.exports.lock(tx, id);
    if (row?.status !== 'collecting') return;
    await this.exports.storeAnswer(tx, id, { service, answeredAt: new Date(event.time), records, files });
    faultPoint('export.answer_before_commit');
    if ((await this.missing(tx, id)).length > 0) return;
    await this.exports.setStatus(tx, id, 'assembling');
    await this.ask(tx, row, cause);
  }

  private async missing(tx: Tx, id: string): Promise<ServiceName[]> {
    const answered = new Set((await this.exports.answers(tx, id)).map(({ service }) => service));
    return SERVICES.filter((service) => !answered.has(service));
  }
}
