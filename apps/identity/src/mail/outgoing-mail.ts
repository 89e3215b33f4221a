import { Inject, Injectable } from '@nestjs/common';
import { type DeliveryKind, SendDeliveryV1 } from '#contracts';
import { type Clock, newId } from '#kernel';
import { Outbox } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK, FieldCipher, sealDelivery } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import type { RequestOrigin } from '../audit/audit-log.repository.js';

export interface Letter {
  kind: DeliveryKind;
  address: string;
  /** Null where there is no account (yet). */
  userId: string | null;
  values: Record<string, string>;
  /** A secret in it is of no use any more after this. */
  expiresAt?: Date;
}

type Told = Pick<AccountEntity, 'id' | 'email' | 'emailVerifiedAt'>;

/**
 * Mail leaves with the change it tells about, sealed: neither the outbox nor the bus shows an address or a code.
 * Letters never carry names: who registers somebody else's address must not write to him through us.
 */
@Injectable()
export class OutgoingMail {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly cipher: FieldCipher,
  ) {}

  async send(tx: Tx, { kind, address, userId, values, expiresAt }: Letter, requestId?: string): Promise<void> {
    const id = newId();
    const content = sealDelivery(this.cipher, id, { address, language: null, values });
    await this.outbox.add(
      tx,
      SendDeliveryV1,
      { delivery_id: id, user_id: userId, kind, content, expires_at: expiresAt?.toISOString() ?? null },
      { subject: id, requestId },
    );
  }

  /** Something happened to the account. An address nobody has confirmed is not written to: it may be a stranger's. */
  async notify(
    tx: Tx,
    account: Told,
    kind: DeliveryKind,
    origin: RequestOrigin,
    more: Record<string, string> = {},
  ): Promise<void> {
    const device = origin.userAgent?.slice(0, 400) ?? 'unknown';
    const network = origin.clientAddress ?? 'unknown';
    await this.tell(tx, account, kind, { device, network, ...more }, origin.requestId);
  }

  /** As `notify`, where an admin did it: device and network are his, and not for others to read. */
  notifyByAdmin(tx: Tx, account: Told, kind: DeliveryKind, requestId: string): Promise<void> {
    return this.tell(tx, account, kind, { by: 'admin' }, requestId);
  }

  /** As `notify`, of what nobody did: it came with the time. */
  async tell(
    tx: Tx,
    account: Told,
    kind: DeliveryKind,
    more: Record<string, string>,
    requestId?: string,
  ): Promise<void> {
    if (account.emailVerifiedAt === null) return;
    const values = { when: this.clock.now().toISOString(), ...more };
    await this.send(tx, { kind, address: account.email, userId: account.id, values }, requestId);
  }
}
