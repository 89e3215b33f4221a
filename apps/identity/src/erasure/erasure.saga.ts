import { Inject, Injectable } from '@nestjs/common';
import {
  type Envelope,
  SERVICES,
  type ServiceName,
  type Static,
  UserErasedV1,
  UserErasureRequestedV1,
  userDataOf,
} from '#contracts';
import { type Clock, faultPoint } from '#kernel';
import { Outbox } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK, FieldCipher } from '#platform';
import { AccountRepository } from '../accounts/account.repository.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { MyDataLinks } from './my-data-links.js';
import { AccountLock } from './account-lock.js';
import { ErasureRepository, type ErasureRow } from './erasure.repository.js';
import { openContact } from './sealed-contact.js';
import { nextAskAt } from './ask-again.js';

type ErasedData = Static<ReturnType<typeof userDataOf>['erased']['data']>;
/** What a step was caused by, for the logs. */
interface Cause {
  requestId: string;
  causationId?: string;
}

/**
 * Asks every service to erase a person, waits for all answers, asks those that do not answer again, and erases identity
 * last: until then somebody is there to ask for. Every step is one transaction, so a crash repeats or continues.
 */
@Injectable()
export class ErasureSaga {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly erasures: ErasureRepository,
    private readonly accounts: AccountRepository,
    private readonly accountLock: AccountLock,
    private readonly mail: OutgoingMail,
    private readonly links: MyDataLinks,
    private readonly cipher: FieldCipher,
  ) {}

  /** Begins what is due and asks again where an answer is missing. */
  async tick(): Promise<void> {
    const now = this.clock.now();
    for (const { id, userId } of await this.erasures.dueToBegin(this.database, now)) {
      await this.unitOfWork.run(async (tx) => {
        await this.accounts.lock(tx, userId);
        const erasure = await this.erasures.lock(tx, id);
        if (erasure?.status === 'scheduled' && erasure.dueAt <= now) await this.begin(tx, erasure, { requestId: id });
      });
    }
    for (const { id } of await this.erasures.dueToAsk(this.database, now)) {
      await this.unitOfWork.run(async (tx) => {
        const erasure = await this.erasures.lock(tx, id);
        // Another leader may have asked meanwhile.
        const isDue = erasure?.status === 'running' && erasure.nextAskAt !== null && erasure.nextAskAt <= now;
        if (isDue) await this.ask(tx, erasure, { requestId: id });
      });
    }
  }

  /** The window is over. From here on there is no way back. */
  async begin(tx: Tx, erasure: ErasureRow, cause: Cause): Promise<void> {
    // An admin may have unblocked the account in the window, and somebody may have signed in.
    await this.accountLock.close(tx, erasure.userId, cause);
    await this.erasures.begin(tx, erasure.id, this.clock.now());
    await this.ask(tx, erasure, cause);
    faultPoint('saga.begun_before_commit');
  }

  async answered(tx: Tx, service: ServiceName, event: Envelope<ErasedData>, cause: Cause): Promise<void> {
    const { request_id: id, tables, files } = event.data;
    const erasure = await this.erasures.lock(tx, id);
    if (erasure?.status !== 'running') return;
    await this.erasures.storeAnswer(tx, id, { service, answeredAt: new Date(event.time), tables, files });
    faultPoint('saga.answer_before_commit');
    const missing = await this.missing(tx, id);
    if (missing.length === 0) await this.complete(tx, erasure, cause);
    // The others are through, and with this answer they were for the first time or have answered again.
    else if (missing.every((one) => one === 'identity')) await this.eraseHere(tx, erasure, cause);
  }

  private async ask(tx: Tx, { id, userId, asked }: ErasureRow, cause: Cause): Promise<void> {
    const missing = await this.missing(tx, id);
    const others = missing.filter((service) => service !== 'identity');
    const facts = { subject: userId, ...cause };
    if (others.length > 0) {
      const data = { user_id: userId, request_id: id, services: others };
      await this.outbox.add(tx, UserErasureRequestedV1, data, facts);
    } else {
      await this.outbox.add(tx, userDataOf('identity').erase, { user_id: userId, request_id: id }, facts);
    }
    await this.erasures.askedAgain(tx, id, nextAskAt(this.clock.now(), asked));
  }

  private async eraseHere(tx: Tx, { id, userId }: ErasureRow, cause: Cause): Promise<void> {
    const data = { user_id: userId, request_id: id };
    await this.outbox.add(tx, userDataOf('identity').erase, data, { subject: userId, ...cause });
  }

  private async complete(tx: Tx, { id, userId, sealedContact }: ErasureRow, cause: Cause): Promise<void> {
    await this.outbox.add(tx, UserErasedV1, { user_id: userId, request_id: id }, { subject: userId, ...cause });
    if (sealedContact !== null) {
      const { address, certificateSecret } = openContact(this.cipher, id, sealedContact);
      const values = { certificate: id, ...this.links.certificate(id, certificateSecret) };
      // Of nobody any more: notifications, too, drops what is about the person.
      await this.mail.send(tx, { kind: 'erasure_done', address, userId: null, values }, cause.requestId);
    }
    await this.erasures.end(tx, id, 'completed', this.clock.now());
    faultPoint('saga.completed_before_commit');
  }

  private async missing(tx: Tx, id: string): Promise<ServiceName[]> {
    const answered = new Set((await this.erasures.answers(tx, id)).map(({ service }) => service));
    return SERVICES.filter((service) => !answered.has(service));
  }
}
