import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { NewCredential, PasskeyCreation, PasskeyRequest, UsedCredential } from '#contracts';

/** Bits of the flags in authenticator data (WebAuthn 6.1). */
const PRESENT = 0x01;
const VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const ATTESTED = 0x40;

export type KeyKind = 'ES256' | 'EdDSA';

/** What a dishonest page, browser or device does otherwise. */
export interface Deviation {
  origin?: string;
  rpId?: string;
  type?: string;
  challenge?: string;
  isVerified?: boolean;
  counter?: number;
  isTampered?: boolean;
  userHandle?: string | null;
  credentialId?: string;
  /** Instead of `none`: format and statement. */
  attestation?: [format: string, statement: Map<string, Cbor>];
  alg?: number;
  /** `packed` without a certificate: the new key signs for itself. */
  isSelfAttested?: boolean;
}

interface Device {
  origin: string;
  kind?: KeyKind;
  /** Passkeys that are synced mostly say 0 always. */
  counts?: boolean;
  isSynced?: boolean;
  aaguid?: string;
}

/** A phone with one passkey: makes the bytes that browsers hand to a page, as `toJSON()` shows them. */
export class VirtualAuthenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  counter = 0;
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject };
  private userHandle: string | undefined;

  constructor(private readonly device: Device) {
    this.keys =
      device.kind === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  }

  create(options: PasskeyCreation, deviation: Deviation = {}): NewCredential {
    this.userHandle = options.user.id;
    const authData = this.authenticatorData(options.rp.id, deviation, ATTESTED, this.attested(deviation));
    const clientData = this.clientData('webauthn.create', options.challenge, deviation);
    const [format, statement] = deviation.attestation ?? this.attestation(deviation, authData, clientData);
    const attestation = new Map<string, Cbor>([
      ['fmt', format],
      ['attStmt', statement],
      ['authData', authData],
    ]);
    return {
      ...this.head(deviation),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: cbor(attestation).toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  get(options: PasskeyRequest, deviation: Deviation = {}): UsedCredential {
    const authData = this.authenticatorData(options.rpId, deviation, 0);
    const clientData = this.clientData('webauthn.get', options.challenge, deviation);
    const signature = this.sign(Buffer.concat([authData, sha256(clientData)]));
    // The last bits: what is left is still a signature by its form.
    if (deviation.isTampered === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    const { userHandle = this.userHandle } = deviation;
    return {
      ...this.head(deviation),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle,
      },
    };
  }

  private attestation(
    { isSelfAttested = false }: Deviation,
    authData: Buffer,
    clientData: Buffer,
  ): [string, Map<string, Cbor>] {
    if (!isSelfAttested) return ['none', new Map<string, Cbor>()];
    const sig = this.sign(Buffer.concat([authData, sha256(clientData)]));
    return [
      'packed',
      new Map<string, Cbor>([
        ['alg', -7],
        ['sig', sig],
      ]),
    ];
  }

  private head({ credentialId = this.credentialId }: Deviation) {
    return { id: credentialId, rawId: credentialId, type: 'public-key' as const, clientExtensionResults: {} };
  }

  private clientData(type: string, challenge: string, deviation: Deviation): Buffer {
    const origin = deviation.origin ?? this.device.origin;
    const said = {
      type: deviation.type ?? type,
      challenge: deviation.challenge ?? challenge,
      origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(said), 'utf8');
  }

  private authenticatorData(
    rpId: string,
    { rpId: otherId, isVerified = true, counter }: Deviation,
    moreFlags: number,
    attested: Buffer = Buffer.alloc(0),
  ): Buffer {
    if (this.device.counts !== false) this.counter += 1;
    const backup = this.device.isSynced === true ? BACKUP_ELIGIBLE | BACKED_UP : 0;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? this.counter);
    const flags = PRESENT | (isVerified ? VERIFIED : 0) | backup | moreFlags;
    return Buffer.concat([sha256(Buffer.from(otherId ?? rpId)), Buffer.from([flags]), count, attested]);
  }

  private attested({ alg }: Deviation): Buffer {
    const id = Buffer.from(this.credentialId, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const aaguid = Buffer.from((this.device.aaguid ?? '0'.repeat(32)).replaceAll('-', ''), 'hex');
    return Buffer.concat([aaguid, length, id, cbor(this.coseKey(alg))]);
  }

  private coseKey(alg?: number): Map<number, Cbor> {
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' });
    if (this.device.kind === 'EdDSA') {
      return new Map<number, Cbor>([
        [1, 1],
        [3, alg ?? -8],
        [-1, 6],
        [-2, bytesOf(x)],
      ]);
    }
    return new Map<number, Cbor>([
      [1, 2],
      [3, alg ?? -7],
      [-1, 1],
      [-2, bytesOf(x)],
      [-3, bytesOf(y)],
    ]);
  }

  private sign(data: Buffer): Buffer {
    return sign(this.device.kind === 'EdDSA' ? null : 'sha256', data, this.keys.privateKey);
  }
}

const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
const bytesOf = (coordinate: JsonWebKey['x']): Buffer => Buffer.from(coordinate ?? '', 'base64url');

export type Cbor = number | string | Buffer | Cbor[] | Map<number, Cbor> | Map<string, Cbor>;

/** As much of RFC 8949 as authenticators write. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const members: [number | string, Cbor][] = [...value];
  return Buffer.concat([head(5, members.length), ...members.flatMap(([key, member]) => [cbor(key), cbor(member)])]);
}

function head(major: number, argument: number): Buffer {
  const first = major << 5;
  if (argument < 24) return Buffer.from([first | argument]);
  if (argument < 0x100) return Buffer.from([first | 24, argument]);
  return Buffer.from([first | 25, argument >> 8, argument & 0xff]);
}
