import { Inject, Injectable } from '@nestjs/common';
import { type DataExport, PIECE_BYTES, type readExport, SERVICES, type Static } from '#contracts';
import { AppError, type Clock, conflict, newId, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, type Queryable, type Tx, UnitOfWork } from '#persistence';
import { CLOCK, FileStore } from '#platform';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { ErasureRepository } from '../erasure/erasure.repository.js';
import { SETTINGS } from '../tokens.js';
import { ExportLink } from './export-link.js';
import { ExportRepository, type ExportRow } from './export.repository.js';
import { EXPORTS_AREA, ExportSaga } from './export.saga.js';

const DAY_MS = 86_400_000;

/** What a person asks for and fetches; what happens in between is the saga's. */
@Injectable()
export class ExportService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly exports: ExportRepository,
    private readonly erasures: ErasureRepository,
    private readonly saga: ExportSaga,
    private readonly link: ExportLink,
    private readonly files: FileStore,
    private readonly audit: AuditLogRepository,
  ) {}

  /** One at a time: who asks while one is under way gets that one. */
  request(context: RpcContext): Promise<DataExport> {
    const userId = callerId(context);
    return this.unitOfWork.run(async (tx) => {
      if ((await this.accounts.lock(tx, userId)) === null) throw notFound('The account');
      const open = await this.exports.findOpen(tx, userId);
      if (open !== undefined) return this.view(tx, open);
      // He has no session any more; a request of the last second may still be under way.
      if ((await this.erasures.findOpen(tx, userId)) !== undefined) throw accountIsGoing();
      await this.assertAllowed(tx, userId);
      const id = newId();
      await this.exports.insert(tx, id, userId, this.clock.now());
      const row = await this.exports.lock(tx, id);
      if (row === undefined) throw new Error('a row is missing that was written just now');
      await this.saga.ask(tx, row, context);
      await this.audit.append(tx, { action: 'account.export-requested', userId, detail: { export_id: id } }, context);
      return this.view(tx, row);
    });
  }

  async get(id: string, context: RpcContext): Promise<DataExport> {
    const row = await this.exports.find(this.database, id);
    if (row?.userId !== callerId(context)) throw notFound('The export');
    return this.view(this.database, row);
  }

  /** An expired, wrong or foreign link is all the same: there is nothing there. */
  async read({
    export_id: id,
    token,
    offset,
  }: Static<typeof readExport.request>): Promise<Static<typeof readExport.response>> {
    const row = await this.exports.find(this.database, id);
    const { status, fileId, bytes, expiresAt } = row ?? {};
    const isThere = status === 'ready' && expiresAt instanceof Date && expiresAt > this.clock.now();
    if (!isThere || typeof fileId !== 'string' || !this.link.opens(token, { id, expiresAt })) {
      throw notFound('The file of the export');
    }
    const piece = await this.files.readPiece(EXPORTS_AREA, fileId, offset, PIECE_BYTES);
    return { size: bytes ?? 0, bytes: piece.toString('base64') };
  }

  private async assertAllowed(tx: Tx, userId: string): Promise<void> {
    const now = this.clock.now().getTime();
    const [oldest, ...more] = await this.exports.requestedSince(tx, userId, new Date(now - DAY_MS));
    if (oldest === undefined || more.length + 1 < this.settings.EXPORTS_PER_DAY) return;
    throw new AppError({
      code: 'RATE_LIMITED',
      kind: 'rate-limited',
      message: `There were ${more.length + 1} exports in the last 24 hours, and more are not made.`,
      retryAfterMs: oldest.getTime() + DAY_MS - now,
    });
  }

  private async view(db: Queryable, row: ExportRow): Promise<DataExport> {
    const { id, status, expiresAt } = row;
    const answers = new Map((await this.exports.answers(db, id)).map((one) => [one.service, one]));
    const isReady = status === 'ready' && expiresAt !== null && expiresAt > this.clock.now();
    return {
      id,
      status: status === 'ready' && !isReady ? 'expired' : status,
      requested_at: row.requestedAt.toISOString(),
      ready_at: row.readyAt?.toISOString() ?? null,
      expires_at: expiresAt?.toISOString() ?? null,
      bytes: row.bytes,
      download_url: isReady ? `/api/v1${this.link.pathOf({ id, expiresAt })}` : null,
      services: SERVICES.map((service) => {
        const answer = answers.get(service);
        return {
          service,
          answered_at: answer?.answeredAt.toISOString() ?? null,
          records: answer?.records ?? null,
          files: answer?.files ?? null,
        };
      }),
    };
  }
}

const accountIsGoing = (): AppError =>
  conflict('CONFLICT', 'The account is being erased. Undo that first, then ask for an export.');
