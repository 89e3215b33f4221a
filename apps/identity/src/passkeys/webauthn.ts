import { Inject, Injectable } from '@nestjs/common';
import type { NewCredential, PasskeyCreation, PasskeyRequest, UsedCredential } from '#contracts';
import { AppError } from '#kernel';
import { Logger } from '#platform';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';
import { type RelyingParty, relyingPartyOf } from './domain/relying-party.js';
import { CHALLENGE_MS } from './passkey-challenges.js';

/** EdDSA, ES256, RS256 of the COSE registry: what today's devices make. */
const ALGORITHMS = [-8, -7, -257];

export interface ProvenCredential {
  credentialId: Buffer;
  publicKey: Buffer;
  signCount: number;
  aaguid: string;
  backupEligible: boolean;
  backedUp: boolean;
}

export interface ProvenUse {
  signCount: number;
  backedUp: boolean;
}

interface Holder {
  id: string;
  name: string;
  passkeys: readonly { credentialId: Buffer; transports: string[] }[];
}

/** WebAuthn, as far as it is the same for every account. The library is loaded with the first passkey: it is large. */
@Injectable()
export class WebAuthn {
  private readonly party: RelyingParty | undefined;

  constructor(
    @Inject(SETTINGS) settings: IdentityOwnSettings,
    private readonly logger: Logger,
  ) {
    this.party = relyingPartyOf(settings);
  }

  creation(challenge: Uint8Array, holder: Holder): PasskeyCreation {
    const { id, name } = this.relyingParty();
    return {
      rp: { id, name },
      user: { id: userHandleOf(holder.id), name: holder.name, displayName: holder.name },
      challenge: base64url(challenge),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      timeout: CHALLENGE_MS,
      attestation: 'none',
      excludeCredentials: holder.passkeys.map(({ credentialId, transports }) => ({
        id: base64url(credentialId),
        type: 'public-key',
        transports,
      })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      extensions: { credProps: true },
    };
  }

  /** No list of credentials: the device knows which it has, and nobody learns who has an account. */
  request(challenge: Uint8Array): PasskeyRequest {
    const { id: rpId } = this.relyingParty();
    return { challenge: base64url(challenge), rpId, timeout: CHALLENGE_MS, userVerification: 'required' };
  }

  /** Undefined for anything that does not fit: challenge, origin, name, user verification, key. */
  async register(credential: NewCredential, challenge: string): Promise<ProvenCredential | undefined> {
    const { id: expectedRPID, origins } = this.relyingParty();
    const response = registrationOf(credential);
    return this.attempt(async () => {
      const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
      if (!(await isAnonymous(response.response.attestationObject))) return undefined;
      const { verified, registrationInfo: info } = await verifyRegistrationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: [...origins],
        expectedRPID,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      });
      if (!verified) return undefined;
      return {
        credentialId: Buffer.from(info.credential.id, 'base64url'),
        publicKey: Buffer.from(info.credential.publicKey),
        signCount: info.credential.counter,
        aaguid: info.aaguid,
        backupEligible: info.credentialDeviceType === 'multiDevice',
        backedUp: info.credentialBackedUp,
      };
    });
  }

  async use(
    credential: UsedCredential,
    challenge: string,
    passkey: { credentialId: Buffer; publicKey: Buffer },
  ): Promise<ProvenUse | undefined> {
    const { id: expectedRPID, origins } = this.relyingParty();
    return this.attempt(async () => {
      const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
      const { verified, authenticationInfo: info } = await verifyAuthenticationResponse({
        response: authenticationOf(credential),
        expectedChallenge: challenge,
        expectedOrigin: [...origins],
        expectedRPID,
        requireUserVerification: true,
        // Counters are compared where they are stored, after the signature was right: 0 leaves that to us.
        credential: {
          id: base64url(passkey.credentialId),
          publicKey: new Uint8Array(passkey.publicKey),
          counter: 0,
        },
      });
      return verified ? { signCount: info.newCounter, backedUp: info.credentialBackedUp } : undefined;
    });
  }

  private relyingParty(): RelyingParty {
    if (this.party !== undefined) return this.party;
    throw new AppError({
      code: 'FEATURE_DISABLED',
      kind: 'forbidden',
      message: 'Passkeys need a name: this installation is reached by an address (PUBLIC_URL, PASSKEY_RP_ID).',
    });
  }

  /** The library throws for whatever does not fit; the client is told no more than that. */
  private async attempt<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.logger.debug('what a passkey signed does not fit', { reason: String(error) });
      return undefined;
    }
  }
}

/** The challenge that was signed, before anything is checked: it finds the one that was given out. */
export function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    const challenge: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'challenge') : undefined;
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}

/** What devices keep to say whose credential it is: the id of the account, which tells nothing about anybody. */
export const userHandleOf = (userId: string): string =>
  Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/**
 * No certificates: we ask for none, and those a stranger sends name addresses the library would fetch lists of revoked
 * ones from. `packed` without one is a device that vouches for itself, which browsers leave as it is.
 */
async function isAnonymous(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  const format = decoded.get('fmt');
  return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
}

const registrationOf = ({ id, rawId, response }: NewCredential): RegistrationResponseJSON => ({
  id,
  rawId,
  type: 'public-key',
  clientExtensionResults: {},
  response: { clientDataJSON: response.clientDataJSON, attestationObject: response.attestationObject },
});

const authenticationOf = ({ id, rawId, response }: UsedCredential): AuthenticationResponseJSON => ({
  id,
  rawId,
  type: 'public-key',
  clientExtensionResults: {},
  response: {
    clientDataJSON: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    userHandle: response.userHandle ?? undefined,
  },
});
