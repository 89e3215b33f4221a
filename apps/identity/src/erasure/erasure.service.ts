import { Inject, Injectable } from '@nestjs/common';
import {
  type ErasureCertificate,
  type ErasureReceipt,
  type ErasureRequest,
  type getErasureCertificate,
  SERVICES,
  type Static,
  type undoErasure,
  type UndoErasureRequest,
} from '#contracts';
import { AppError, type Clock, conflict, invalid, newId, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK, FieldCipher } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { hashOfSecret, isSecret, newSecret } from '../secrets/bearer-secret.js';
import { SETTINGS } from '../tokens.js';
import { AccountLock } from './account-lock.js';
import { ErasureRepository, type ErasureRow } from './erasure.repository.js';
import { ErasureSaga } from './erasure.saga.js';
import { MyDataLinks } from './my-data-links.js';
import { PasswordProof } from './password-proof.js';
import { ProofOfPerson } from './proof-of-person.js';
import { sealContact } from './sealed-contact.js';

/** What a person asks for and reads; what follows is the saga's. */
@Injectable()
export class ErasureService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly erasures: ErasureRepository,
    private readonly saga: ErasureSaga,
    private readonly accounts: AccountRepository,
    private readonly accountLock: AccountLock,
    private readonly proof: ProofOfPerson,
    private readonly passwords: PasswordProof,
    private readonly audit: AuditLogRepository,
    private readonly mail: OutgoingMail,
    private readonly links: MyDataLinks,
    private readonly cipher: FieldCipher,
  ) {}

  async request(proof: ErasureRequest, context: RpcContext): Promise<ErasureReceipt> {
    const account = await this.accounts.findById(callerId(context));
    if (account === null) throw notFound('The account');
    if (account.isOwner) throw ownerStays();
    await this.proof.require(account, proof, context);
    return this.unitOfWork.run((tx) => this.schedule(tx, account.id, context));
  }

  /** The person has no session any more, so he proves himself here: by password, or by what came in the mail. */
  async undo(request: UndoErasureRequest, context: RpcContext): Promise<Static<typeof undoErasure.response>> {
    const { email, password, undo_token: token } = request;
    if (token !== undefined && email === undefined && password === undefined) {
      const found = await this.erasures.findByUndoHash(this.database, hashOfSecret(token));
      if (found === undefined) throw unknownToken();
      await this.unitOfWork.run((tx) => this.reopen(tx, found, context));
    } else if (token === undefined && email !== undefined && password !== undefined) {
      const { account, accept } = await this.passwords.prove(email, password, context);
      const found = await this.erasures.findOpen(this.database, account.id);
      await this.unitOfWork.run(async (tx) => {
        await accept(tx);
        if (found !== undefined) await this.reopen(tx, found, context);
      });
      if (found === undefined) throw conflict('CONFLICT', 'No erasure of this account is under way.');
    } else throw eitherOr();
    return { status: 'undone' };
  }

  async certificate({
    erasure_id: id,
    secret,
  }: Static<typeof getErasureCertificate.request>): Promise<ErasureCertificate> {
    const erasure = await this.erasures.find(this.database, id);
    if (erasure === undefined || !isSecret(secret, erasure.certificateHash)) throw notFound('The certificate');
    const answers = new Map((await this.erasures.answers(this.database, id)).map((one) => [one.service, one]));
    return {
      id,
      status: erasure.status,
      requested_at: erasure.requestedAt.toISOString(),
      due_at: erasure.dueAt.toISOString(),
      completed_at: erasure.completedAt?.toISOString() ?? null,
      services: SERVICES.map((service) => {
        const answer = answers.get(service);
        return {
          service,
          answered_at: answer?.answeredAt.toISOString() ?? null,
          tables: answer?.tables ?? [],
          files: answer?.files ?? 0,
        };
      }),
    };
  }

  private async schedule(tx: Tx, userId: string, context: RpcContext): Promise<ErasureReceipt> {
    const account = await this.accounts.lock(tx, userId);
    if (account === null) throw notFound('The account');
    const now = this.clock.now();
    const [undo, certificate] = [newSecret(), newSecret()];
    const id = newId();
    const isReachable = account.emailVerifiedAt !== null;
    const contact = { address: account.email, certificateSecret: certificate.text };
    const row = {
      id,
      userId,
      requestedAt: now,
      dueAt: new Date(now.getTime() + this.settings.ERASURE_UNDO_WINDOW),
      undoHash: undo.hash,
      certificateHash: certificate.hash,
      wasBlocked: account.blockedAt !== null,
      sealedContact: isReachable ? sealContact(this.cipher, id, contact) : null,
    };
    if (!(await this.erasures.insert(tx, row))) throw conflict('CONFLICT', 'The erasure of this account is under way.');
    await this.accountLock.close(tx, userId, context);
    const scheduled: ErasureRow = { ...row, status: 'scheduled', completedAt: null, asked: 0, nextAskAt: null };
    const isDue = row.dueAt <= now;
    if (isDue) await this.saga.begin(tx, scheduled, context);
    else await this.announce(tx, account, scheduled, undo.text, context);
    await this.audit.append(tx, { action: 'account.erasure-requested', userId, detail: { erasure_id: id } }, context);
    return {
      id,
      status: isDue ? 'running' : 'scheduled',
      requested_at: now.toISOString(),
      due_at: row.dueAt.toISOString(),
      undo_token: undo.text,
      certificate_secret: certificate.text,
    };
  }

  private async announce(
    tx: Tx,
    account: AccountEntity,
    { dueAt }: ErasureRow,
    undoToken: string,
    context: RpcContext,
  ): Promise<void> {
    const values = { until: dueAt.toISOString(), ...this.links.undo(undoToken) };
    await this.mail.notify(tx, account, 'erasure_requested', context, values);
  }

  private async reopen(tx: Tx, { id, userId }: ErasureRow, context: RpcContext): Promise<void> {
    await this.accounts.lock(tx, userId);
    const erasure = await this.erasures.lock(tx, id);
    if (erasure?.status === 'undone') return;
    if (erasure?.status !== 'scheduled' || erasure.dueAt <= this.clock.now()) throw tooLate();
    await this.erasures.end(tx, id, 'undone', this.clock.now());
    if (!erasure.wasBlocked) await this.accountLock.open(tx, userId, context);
    await this.audit.append(tx, { action: 'account.erasure-undone', userId, detail: { erasure_id: id } }, context);
  }
}

const ownerStays = (): AppError =>
  conflict('CONFLICT', 'The owner of this installation cannot be erased; he may delete the installation itself.');

const tooLate = (): AppError =>
  conflict('CONFLICT', 'The time to undo the erasure is over: the data is being deleted and cannot be brought back.');

const unknownToken = (): AppError =>
  new AppError({
    code: 'INVALID_TOKEN',
    kind: 'invalid',
    message: 'The undo token is unknown, was used, or the erasure is complete.',
  });

const eitherOr = (): AppError =>
  invalid([{ field: 'undo_token', message: 'send either the `undo_token`, or `email` and `password`' }]);
