import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { SERVICES, type ServiceName } from '#contracts';
import { AppError, type Clock, faultPoint } from '#kernel';
import { RpcClient, type WorkContext } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import { CLOCK, FileStore, newFileId, type StoredFile } from '#platform';
import { ZipFile } from 'yazl';
import { AccountRepository } from '../accounts/account.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { MyDataLinks } from '../erasure/my-data-links.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { SETTINGS } from '../tokens.js';
import { ExportLink } from './export-link.js';
import { ExportRepository, type ExportRow } from './export.repository.js';
import { EXPORTS_AREA } from './export.saga.js';
import { PartReader } from './part-reader.js';

const MOST_BYTES = 4 * 1024 ** 3;
/** Only after this long is an attempt taken for dead that was not handed back: nobody writes beside it until then. */
const ATTEMPT_MS = 15 * 60_000;

/** Says which service has to write its part again. */
class PartGone extends Error {
  constructor(readonly service: ServiceName) {
    super(`the part of ${service} is gone`);
  }
}

interface Begun extends ExportRow {
  fileId: string;
}

/** Makes one zip of all parts, without holding more than a piece of them in memory. */
@Injectable()
export class ExportAssembler {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly exports: ExportRepository,
    private readonly accounts: AccountRepository,
    private readonly files: FileStore,
    private readonly rpc: RpcClient,
    private readonly mail: OutgoingMail,
    private readonly link: ExportLink,
    private readonly links: MyDataLinks,
  ) {}

  async assemble(id: string, context: WorkContext): Promise<void> {
    const row = await this.begin(id);
    if (row === undefined) return this.unitOfWork.run((tx) => context.done(tx));
    try {
      const file = await this.write(row, context);
      faultPoint('export.file_before_row');
      await this.finish(id, file, context);
    } catch (error) {
      if (!(error instanceof PartGone)) throw error;
      await this.askAgain(id, error.service, context);
    }
  }

  /**
   * Takes over from an attempt before this one, and deletes what it left. Undefined when there is nothing to assemble
   * (any more). The file goes before its row forgets it, and under the lock of the row: who dies in between leaves
   * nothing that only the sweep would find, and the attempt before, should it still live, cannot finish meanwhile.
   */
  private async begin(id: string): Promise<Begun | undefined> {
    const fileId = newFileId();
    return this.unitOfWork.run(async (tx) => {
      const row = await this.exports.lock(tx, id);
      if (row?.status !== 'assembling') return undefined;
      if (row.fileId !== null) await this.files.delete(EXPORTS_AREA, row.fileId);
      await this.exports.assemblesInto(tx, id, fileId, new Date(this.clock.now().getTime() + ATTEMPT_MS));
      return { ...row, fileId };
    });
  }

  private async write(row: Begun, context: WorkContext): Promise<StoredFile> {
    const zip = new ZipFile();
    // A stream of its own: one made of the zip's iterator waits, when it is destroyed, for the piece that never comes.
    const output = zip.outputStream.pipe(new PassThrough());
    // Of an entry that breaks; `fill` hears of it as well.
    zip.on('error', (error: Error) => output.destroy(error));
    const stored = this.files.put(EXPORTS_AREA, output, MOST_BYTES, row.fileId);
    // Whichever of the two breaks ends the other: half a file is no file, and nobody reads what cannot be stored.
    const broken = new AbortController();
    const end = (error: unknown): void => {
      // Only the first reason is worth telling.
      broken.abort(error);
      output.destroy(error instanceof Error ? error : new Error('the export failed'));
    };
    const signal = AbortSignal.any([context.signal, broken.signal]);
    await Promise.all([stored.catch(end), this.fill(zip, row, { ...context, signal }).catch(end)]);
    broken.signal.throwIfAborted();
    return stored;
  }

  private async fill(
    zip: ZipFile,
    row: ExportRow,
    { requestId, traceparent, signal }: Pick<WorkContext, 'requestId' | 'traceparent' | 'signal'>,
  ): Promise<void> {
    const answers = await this.exports.answers(this.database, row.id);
    const about = {
      user_id: row.userId,
      requested_at: row.requestedAt.toISOString(),
      services: answers.map(({ service, records, files }) => ({ service, records, files })),
      note: 'One folder per service, one JSON file per table; about.json says what is left out and why.',
    };
    zip.addBuffer(Buffer.from(JSON.stringify(about, null, 2)), 'about.json');
    for (const service of SERVICES) {
      const part = new PartReader(this.rpc, row.id, service, { requestId, traceparent });
      try {
        for await (const { name, content } of part.entries()) {
          signal.throwIfAborted();
          zip.addReadStream(content, name);
          await once(content, 'end', { signal });
        }
      } catch (error) {
        throw error instanceof AppError && error.kind === 'not-found' ? new PartGone(service) : error;
      }
    }
    zip.end();
  }

  private async finish(id: string, file: StoredFile, context: WorkContext): Promise<void> {
    const isKept = await this.unitOfWork.run(async (tx) => {
      const row = await this.exports.lock(tx, id);
      await context.done(tx);
      if (row?.status !== 'assembling' || row.fileId !== file.id) return false;
      const now = this.clock.now();
      const expiresAt = new Date(now.getTime() + this.settings.EXPORT_LINK_LIFETIME);
      await this.exports.ready(tx, id, file.bytes, now, expiresAt);
      const account = await this.accounts.lock(tx, row.userId);
      if (account === null || account.emailVerifiedAt === null) return true;
      const values = this.links.download(this.link.pathOf({ id, expiresAt }));
      const letter = { kind: 'export_ready', address: account.email, userId: account.id, values, expiresAt } as const;
      await this.mail.send(tx, letter, context.requestId);
      return true;
    });
    // Erased meanwhile, or taken over by another attempt.
    if (!isKept) await this.files.delete(EXPORTS_AREA, file.id);
  }

  private async askAgain(id: string, service: ServiceName, context: WorkContext): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const row = await this.exports.lock(tx, id);
      await context.done(tx);
      if (row?.status !== 'assembling') return;
      await this.exports.forgetAnswer(tx, id, service);
      await this.exports.setStatus(tx, id, 'collecting');
      await this.exports.askedAgain(tx, id, this.clock.now());
    });
  }
}
