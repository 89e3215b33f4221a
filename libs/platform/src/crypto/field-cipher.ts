import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { defineSettings, NotAccepted, setting } from '../config/index.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** What a value is bound to: moved to another row, column or table it cannot be read. */
export interface FieldPlace {
  table: string;
  column: string;
  /** Id of the owner or row. */
  owner: string;
}

/** Keys by id; the first one encrypts, all of them decrypt. */
export type FieldKeys = ReadonlyMap<string, Buffer>;

export class FieldCipherError extends Error {
  override readonly name = 'FieldCipherError';
}

/**
 * AES-256-GCM for single values at rest (provider keys, one-time codes in the outbox). Text form
 * `v1.<key id>.<nonce, ciphertext and tag in base64url>`: the key id in the value lets keys rotate while both live.
 */
export class FieldCipher {
  private readonly activeId: string;
  private readonly activeKey: Buffer;

  constructor(private readonly keys: FieldKeys) {
    const [first] = keys;
    if (first === undefined) throw new FieldCipherError('At least one key is needed.');
    [this.activeId, this.activeKey] = first;
  }

  encrypt(plain: string, place: FieldPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.activeKey, nonce).setAAD(boundTo(place, this.activeId));
    const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.activeId}.${body.toString('base64url')}`;
  }

  decrypt(value: string, place: FieldPlace): string {
    const { keyId, body } = takeApart(value);
    const key = this.keys.get(keyId);
    if (key === undefined) throw new FieldCipherError(`The key "${keyId}" is not among the field keys.`);
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(boundTo(place, keyId))
      .setAuthTag(body.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
        'utf8',
      );
    } catch (cause) {
      throw new FieldCipherError('The value was changed, moved, or made with another key.', { cause });
    }
  }

  /** What values of the newest key begin with: all others are to be sealed anew. */
  get prefix(): string {
    return `v1.${this.activeId}.`;
  }
}

function takeApart(value: string): { keyId: string; body: Buffer } {
  const [version, keyId, text, ...more] = value.split('.');
  if (version !== 'v1' || keyId === undefined || text === undefined || more.length > 0) {
    throw new FieldCipherError('The value is not an encrypted field.');
  }
  const body = Buffer.from(text, 'base64url');
  if (body.length < NONCE_BYTES + TAG_BYTES) throw new FieldCipherError('The value is cut off.');
  return { keyId, body };
}

/** JSON, so that no two places have the same text. */
const boundTo = ({ table, column, owner }: FieldPlace, keyId: string): Buffer =>
  Buffer.from(JSON.stringify(['v1', keyId, table, column, owner]), 'utf8');

/** `2026a:<base64 of 32 bytes>,2025:<…>`, newest first: the text of the setting. */
export function parseFieldKeys(text: string): FieldKeys {
  const keys = new Map<string, Buffer>();
  for (const part of text.split(',').map((each) => each.trim())) {
    const [, id, encoded] = /^([a-z0-9-]{1,16}):([A-Za-z0-9+/_-]+=*)$/.exec(part) ?? [];
    if (id === undefined || encoded === undefined) throw new NotAccepted('an entry is not <id>:<key>');
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== KEY_BYTES) throw new NotAccepted(`the key "${id}" has ${key.length} bytes instead of 32`);
    if (keys.has(id)) throw new NotAccepted(`the key id "${id}" is there twice`);
    keys.set(id, key);
  }
  return keys;
}

export const fieldCipherSettings = defineSettings({
  FIELD_KEYS: setting.parsed({
    secret: true,
    description:
      'Keys that encrypt single values at rest; the first encrypts, all decrypt. Losing them loses the values',
    expected: 'a list of <id>:<base64 of 32 bytes>, newest first (openssl rand -base64 32 makes one)',
    parse: parseFieldKeys,
    format: (keys: FieldKeys) => [...keys.keys()].map((id) => `${id}:…`).join(','),
  }),
});

/** A fresh entry for the setting. */
export const generateFieldKey = (id: string): string => `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
