import { defineRpc } from '../define.js';
import { Closed, Empty, Line, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { CurrentPassword, FactorProof } from './mfa.js';
import { TokenPair } from './sessions.js';

const Base64Url = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$', examples: ['aGVsbG8'] });
/** Browsers add members as the standard grows (`toJSON()` of a credential); what is not named here means nothing to us. */
const OPEN = { additionalProperties: Type.Unknown() };
const CREDENTIAL = { id: Base64Url(1400), rawId: Base64Url(1400), type: StringEnum(['public-key']) };
const Transports = Type.Array(Type.String({ maxLength: 32 }), { maxItems: 10 });

export const NewCredential = Type.Object(
  {
    ...CREDENTIAL,
    clientExtensionResults: Type.Optional(
      Type.Object(
        {
          credProps: Type.Optional(
            Type.Object(
              {
                rk: Type.Optional(
                  Type.Boolean({
                    description: 'Whether the device finds it without an address. Where it says no, it is refused.',
                  }),
                ),
              },
              OPEN,
            ),
          ),
        },
        OPEN,
      ),
    ),
    response: Type.Object(
      {
        clientDataJSON: Base64Url(8192),
        attestationObject: Base64Url(16_384),
        transports: Type.Optional(Transports),
      },
      OPEN,
    ),
  },
  OPEN,
);
export type NewCredential = Static<typeof NewCredential>;

export const UsedCredential = Type.Object(
  {
    ...CREDENTIAL,
    response: Type.Object(
      {
        clientDataJSON: Base64Url(8192),
        authenticatorData: Base64Url(8192),
        signature: Base64Url(2048),
        userHandle: Type.Optional(Nullable(Base64Url(128))),
      },
      OPEN,
    ),
  },
  OPEN,
);
export type UsedCredential = Static<typeof UsedCredential>;

export const Passkey = Closed({
  id: Uuid(),
  name: Type.String(),
  is_synced: Type.Boolean({ description: 'A copy is kept by its provider: losing the device does not lose it.' }),
  created_at: Timestamp(),
  last_used_at: Nullable(Timestamp()),
});
export type Passkey = Static<typeof Passkey>;

const Descriptor = Closed({
  id: Type.String(),
  type: StringEnum(['public-key']),
  transports: Type.Optional(Transports),
});

/** `PublicKeyCredentialCreationOptionsJSON`, for `navigator.credentials.create`. */
export const PasskeyCreation = Closed({
  rp: Closed({ id: Type.String(), name: Type.String() }),
  user: Closed({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
  challenge: Type.String(),
  pubKeyCredParams: Type.Array(Closed({ type: StringEnum(['public-key']), alg: Type.Integer() })),
  timeout: Type.Integer({ description: 'Milliseconds.' }),
  attestation: StringEnum(['none']),
  excludeCredentials: Type.Array(Descriptor),
  authenticatorSelection: Closed({
    residentKey: StringEnum(['required']),
    requireResidentKey: Type.Boolean(),
    userVerification: StringEnum(['required']),
  }),
  extensions: Closed({ credProps: Type.Boolean() }),
});
export type PasskeyCreation = Static<typeof PasskeyCreation>;

export const BeginPasskeyRequest = Closed({ current_password: CurrentPassword(), ...FactorProof });
export type BeginPasskeyRequest = Static<typeof BeginPasskeyRequest>;
export const beginPasskey = defineRpc('identity', 'passkey.begin-registration', {
  request: BeginPasskeyRequest,
  response: PasskeyCreation,
});

export const RegisterPasskeyRequest = Closed({
  credential: NewCredential,
  name: Type.Optional(Line(1, 100, { description: 'To tell it apart; made from the device where absent.' })),
});
export type RegisterPasskeyRequest = Static<typeof RegisterPasskeyRequest>;
export const registerPasskey = defineRpc('identity', 'passkey.register', {
  idempotent: true,
  request: RegisterPasskeyRequest,
  response: Passkey,
});

/** `PublicKeyCredentialRequestOptionsJSON`, for `navigator.credentials.get`. The same for everybody. */
export const PasskeyRequest = Closed({
  challenge: Type.String(),
  rpId: Type.String(),
  timeout: Type.Integer({ description: 'Milliseconds.' }),
  userVerification: StringEnum(['required']),
});
export type PasskeyRequest = Static<typeof PasskeyRequest>;
export const beginPasskeySignIn = defineRpc('identity', 'passkey.begin-sign-in', {
  caller: 'none',
  request: Empty,
  response: PasskeyRequest,
});

export const PasskeySignInRequest = Closed({ credential: UsedCredential });
export type PasskeySignInRequest = Static<typeof PasskeySignInRequest>;
/** Two factors by itself: the device, and what unlocks it. */
export const signInWithPasskey = defineRpc('identity', 'passkey.sign-in', {
  caller: 'none',
  request: PasskeySignInRequest,
  response: TokenPair,
});

export const listPasskeys = defineRpc('identity', 'passkey.list', {
  request: Empty,
  response: Closed({ passkeys: Type.Array(Passkey) }),
});

export const deletePasskey = defineRpc('identity', 'passkey.delete', {
  request: Closed({ passkey_id: Uuid() }),
  response: Empty,
});
