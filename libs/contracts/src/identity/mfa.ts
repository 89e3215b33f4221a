import { defineRpc } from '../define.js';
import { Closed, Empty, type Static, StringEnum, Type, Uuid } from '../schema.js';
import { Password } from './accounts.js';
import { SixDigits } from './otp.js';
import { MfaToken, TokenPair } from './sessions.js';

export const CurrentPassword = () =>
  Type.Optional(
    Password({
      description: 'Needed where the account has one; otherwise the sign-in must be younger than 15 minutes.',
    }),
  );

/** 80 random bits in base32; blanks, dashes and small letters are as good. */
export const RecoveryCode = (options: Record<string, unknown> = {}) =>
  Type.String({
    minLength: 16,
    maxLength: 40,
    pattern: '^[A-Za-z2-7 -]+$',
    examples: ['JBSW-Y3DP-EHPK-3PXP'],
    ...options,
  });

/** One of the two: what the authenticator shows, or one of the codes kept for the day it is lost. */
export const FactorProof = {
  code: Type.Optional(SixDigits({ description: 'What the authenticator shows; good once.' })),
  recovery_code: Type.Optional(RecoveryCode({ description: 'Instead of `code`; good once.' })),
};

export const SetUpTotpRequest = Closed({ current_password: CurrentPassword() });
export const TotpSetup = Closed({
  secret: Type.String({ description: 'Base32, for those who type. Shown this once.' }),
  otpauth_uri: Type.String({ description: 'For a QR code.' }),
  issuer: Type.String({ description: 'The name the authenticator shows beside the account.' }),
  expires_in: Type.Integer({ minimum: 1, description: 'Seconds within which a code must confirm it.' }),
});
export type TotpSetup = Static<typeof TotpSetup>;

/** A secret that waits for its first code. Never stored for idempotency: the answer is a secret. */
export const setUpTotp = defineRpc('identity', 'totp.set-up', { request: SetUpTotpRequest, response: TotpSetup });

const RecoveryCodes = Type.Array(Type.String(), {
  description: 'Each is good once, in place of a code. Shown this once: only hashes are kept.',
});
const SessionsRevoked = Type.Integer({ minimum: 0, description: 'Other sessions that ended; this one goes on.' });

export const EnableTotpRequest = Closed({ code: SixDigits({ description: 'What the authenticator shows.' }) });
export const EnabledTotp = Closed({
  status: StringEnum(['enabled']),
  recovery_codes: RecoveryCodes,
  sessions_revoked: SessionsRevoked,
});
export type EnabledTotp = Static<typeof EnabledTotp>;
export const enableTotp = defineRpc('identity', 'totp.enable', { request: EnableTotpRequest, response: EnabledTotp });

export const DisableTotpRequest = Closed({ current_password: CurrentPassword(), ...FactorProof });
export type DisableTotpRequest = Static<typeof DisableTotpRequest>;
export const disableTotp = defineRpc('identity', 'totp.disable', {
  request: DisableTotpRequest,
  response: Closed({ status: StringEnum(['disabled']), sessions_revoked: SessionsRevoked }),
});

export const RenewRecoveryCodesRequest = Closed({ current_password: CurrentPassword(), ...FactorProof });
export type RenewRecoveryCodesRequest = Static<typeof RenewRecoveryCodesRequest>;
export const renewRecoveryCodes = defineRpc('identity', 'recovery-code.renew', {
  request: RenewRecoveryCodesRequest,
  response: Closed({ recovery_codes: RecoveryCodes }),
});

/** Whether the caller lacks a second factor this installation demands of him, as it is now. */
export const isFactorNeeded = defineRpc('identity', 'second-factor.is-needed', {
  request: Empty,
  response: Closed({ needed: Type.Boolean() }),
});

/** By an admin, for somebody who has neither his authenticator nor a recovery code. */
export const removeSecondFactor = defineRpc('identity', 'second-factor.remove', {
  request: Closed({ user_id: Uuid() }),
  response: Empty,
});

export const VerifyMfaRequest = Closed({ mfa_token: MfaToken(), ...FactorProof });
export type VerifyMfaRequest = Static<typeof VerifyMfaRequest>;

/** The second step of a sign-in. Never stored for idempotency: its answer is a secret. */
export const verifyMfa = defineRpc('identity', 'session.verify-mfa', {
  caller: 'none',
  request: VerifyMfaRequest,
  response: TokenPair,
});
