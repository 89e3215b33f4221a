import { type ErasedTable, type EventContract, SERVICES, type ServiceName, type Static, userDataOf } from '#contracts';
import { AppError, newId, notFound } from '#kernel';
import { HEADER, type Headers } from '#messaging';
import type { IdentityApp } from './identity-app.js';

export type OtherService = Exclude<ServiceName, 'identity'>;
export const OTHERS: readonly OtherService[] = SERVICES.filter((one): one is OtherService => one !== 'identity');

/** Which request of whom an answer is about. */
export interface Subject {
  request_id: string;
  user_id: string;
}

/** The five other services as identity sees them: events on their streams, and parts it may read. */
export class OtherServices {
  /** Entries of the part of each service, by name; a service without one has lost its part. */
  readonly parts = new Map<OtherService, Record<string, string>>();
  /** How often each was asked for a piece. */
  readonly reads = new Map<OtherService, number>();
  /** Answers wait for it. */
  held: Promise<void> = Promise.resolve();
  /** Errors the next questions are answered with. */
  readonly failures: AppError[] = [];

  constructor(private readonly app: IdentityApp) {}

  /** Answers `read-part` as the services do. */
  async listen(): Promise<void> {
    for (const service of OTHERS) {
      await this.app.bus.respond(
        userDataOf(service).readPart.subject,
        service,
        async ({ payload }): Promise<{ payload: Uint8Array; headers: Headers }> => {
          this.reads.set(service, (this.reads.get(service) ?? 0) + 1);
          await this.held;
          try {
            return { payload: Buffer.from(JSON.stringify(this.answer(service, payload))), headers: {} };
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            return { payload: Buffer.from(JSON.stringify(error.toShape())), headers: { [HEADER.error]: '1' } };
          }
        },
      );
    }
  }

  erased(
    service: OtherService,
    subject: Subject,
    {
      tables = [{ table: 'thing', how: 'deleted', rows: 3 }],
      files = 0,
    }: { tables?: ErasedTable[]; files?: number } = {},
  ): Promise<string> {
    return this.tell(userDataOf(service).erased, { ...subject, tables, files });
  }

  exported(service: OtherService, subject: Subject): Promise<string> {
    return this.tell(userDataOf(service).exported, { ...subject, records: 2, files: 0, bytes: 40 });
  }

  /** Resolves when identity has handled the message; it may have done nothing about it. */
  async handled(messageId: string): Promise<void> {
    const seen = await this.app.db.admin('SELECT 1 AS seen FROM identity.inbox WHERE message_id = $1', [messageId]);
    if (seen.length === 0) throw new Error(`${messageId} was not handled yet`);
  }

  /** As the relay of the service would; `again` delivers the very same event once more. */
  async tell<C extends EventContract>(contract: C, data: Static<C['data']>, again?: string): Promise<string> {
    const id = again ?? newId();
    const { type, subject, stream, service } = contract;
    const time = new Date().toISOString();
    const payload = Buffer.from(JSON.stringify({ id, type, source: service, subject: id, time, data }));
    // Outside the duplicate window of the stream, when it comes again.
    await this.app.bus.append(stream, again === undefined ? id : newId(), { subject, payload, headers: {} });
    return id;
  }

  private answer(service: OtherService, payload: Uint8Array): unknown {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const { entry, offset } = JSON.parse(Buffer.from(payload).toString('utf8')) as { entry: number; offset: number };
    const part = this.parts.get(service);
    if (part === undefined) throw notFound('The part of the export');
    const names = Object.keys(part);
    const name = names[entry];
    if (name === undefined) return { piece: null };
    const bytes = Buffer.from(part[name] ?? '', 'utf8');
    // Small pieces, so that there is more than one of each.
    const piece = bytes.subarray(offset, offset + 16).toString('base64');
    return { piece: { entries: names.length, name: `${service}/${name}`, size: bytes.byteLength, bytes: piece } };
  }
}
