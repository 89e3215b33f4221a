import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { FieldCipher, FieldCipherError, type FieldPlace } from '#platform';

/** Of HMAC-SHA256's own width; Standard Webhooks wants 24 to 64 bytes. */
const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

/** Where a sealed secret stands in its row. */
export type SecretColumn = 'secret' | 'previous_secret';

const placeOf = (column: SecretColumn, webhookId: string): FieldPlace => ({
  table: 'notifications.webhook',
  column,
  owner: webhookId,
});

/** Secrets of webhooks: readable by the sender, so sealed and not hashed; each bound to its row and column. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly cipher: FieldCipher) {}

  make(): string {
    return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
  }

  seal(secret: string, column: SecretColumn, webhookId: string): string {
    return this.cipher.encrypt(secret, placeOf(column, webhookId));
  }

  /** @throws FieldCipherError */
  open(sealed: string, column: SecretColumn, webhookId: string): string {
    return this.cipher.decrypt(sealed, placeOf(column, webhookId));
  }

  /** Undefined where its key is not among ours any more. */
  openIfPossible(sealed: string, column: SecretColumn, webhookId: string): string | undefined {
    try {
      return this.open(sealed, column, webhookId);
    } catch (error) {
      if (error instanceof FieldCipherError) return undefined;
      throw error;
    }
  }
}
