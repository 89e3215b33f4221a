import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { FieldCipher } from '#platform';

type Purpose = 'export' | 'seal' | 'throttle' | 'idempotency' | 'code';

/** Keys derived from IDENTITY_KEY_SECRET, one per purpose, so that no two uses share one. */
export class IdentitySecrets {
  /** Seals the private signing keys. The key id tells values of another secret apart. */
  readonly cipher: FieldCipher;

  constructor(private readonly secret: string) {
    const key = this.key('seal');
    const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
    this.cipher = new FieldCipher(new Map([[keyId, key]]));
  }

  /** Keyed hash: equal texts are recognised, and nobody without the secret can try texts. */
  hmac(purpose: Exclude<Purpose, 'seal'>, text: string): Buffer {
    return createHmac('sha256', this.key(purpose)).update(text, 'utf8').digest();
  }

  private key(purpose: Purpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, 'career-copilot identity', purpose, 32));
  }
}
