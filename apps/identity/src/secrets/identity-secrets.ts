import { createHash, createHmac, hkdfSync } from 'node:crypto';

type Purpose = 'export' | 'seal' | 'throttle' | 'idempotency' | 'code';

/** Keys derived from IDENTITY_KEY_SECRET, one per purpose, so that no two uses share one. */
export class IdentitySecrets {
  constructor(private readonly secret: string) {}

  /** What signing keys were sealed with before field keys did that: reads them, and seals nothing any more. */
  get formerSealKey(): [keyId: string, key: Buffer] {
    const key = this.key('seal');
    return [createHash('sha256').update(key).digest('hex').slice(0, 8), key];
  }

  /** Keyed hash: equal texts are recognised, and nobody without the secret can try texts. */
  hmac(purpose: Exclude<Purpose, 'seal'>, text: string): Buffer {
    return createHmac('sha256', this.key(purpose)).update(text, 'utf8').digest();
  }

  private key(purpose: Purpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, 'career-copilot identity', purpose, 32));
  }
}
