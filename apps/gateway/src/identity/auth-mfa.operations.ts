import {
  disableTotp,
  DisableTotpRequest,
  EnabledTotp,
  EnableTotpRequest,
  renewRecoveryCodes,
  RenewRecoveryCodesRequest,
  SetUpTotpRequest,
  TokenPair,
  TotpSetup,
  VerifyMfaRequest,
} from '#contracts';
import { operation } from '../http/operation.js';
import { mfaRequiredExample, tokenPairExample } from './examples.js';

const tag = 'Sign-in';
const recoveryCodesExample = ['JBSW-Y3DP-EHPK-3PXP', 'MFRG-GZDF-MZTW-Q2LK'];
const current_password = 'SecurePassword123!';

export const setUpTotpOperation = operation({
  method: 'POST',
  path: '/auth/mfa/totp/setup',
  operationId: 'setUpTotp',
  tag,
  summary: 'Set an authenticator up: the first step',
  description:
    'Show `otpauth_uri` as a QR code, or `secret` to be typed. It guards nothing until POST /auth/mfa/totp/enable has seen ' +
    'a code of it; asking again gives another secret. Takes no `Idempotency-Key`: the answer is a secret.',
  access: 'signed-in',
  withoutFactor: true,
  limit: 'credentials',
  body: SetUpTotpRequest,
  bodyExample: { current_password },
  response: TotpSetup,
  responseExample: {
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    otpauth_uri:
      'otpauth://totp/Career%20Copilot:john.doe%40example.com?issuer=Career%20Copilot&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30',
    issuer: 'Career Copilot',
    expires_in: 900,
  },
  errors: ['ALREADY_EXISTS', 'TOO_MANY_ATTEMPTS'],
});

export const enableTotpOperation = operation({
  method: 'POST',
  path: '/auth/mfa/totp/enable',
  operationId: 'enableTotp',
  tag,
  summary: 'Set an authenticator up: the last step',
  description:
    'From here on every sign-in takes a code (see POST /auth/mfa/verify). Every other session ends, since it was opened ' +
    'without. Keep the recovery codes: they are shown this once.',
  access: 'signed-in',
  withoutFactor: true,
  limit: 'credentials',
  body: EnableTotpRequest,
  bodyExample: { code: '123456' },
  response: EnabledTotp,
  responseExample: { status: 'enabled', recovery_codes: recoveryCodesExample, sessions_revoked: 1 },
  errors: ['ALREADY_EXISTS', 'CONFLICT', 'TOO_MANY_ATTEMPTS'],
});

export const disableTotpOperation = operation({
  method: 'POST',
  path: '/auth/mfa/totp/disable',
  operationId: 'disableTotp',
  tag,
  summary: 'Take the second factor away',
  description:
    'Needs the password and a code (or a recovery code). The recovery codes go with it, and every other session ends. ' +
    'Refused where this installation demands one (`SECOND_FACTOR_REQUIRED`).',
  access: 'signed-in',
  limit: 'credentials',
  body: DisableTotpRequest,
  bodyExample: { current_password, code: '123456' },
  response: disableTotp.response,
  responseExample: { status: 'disabled', sessions_revoked: 1 },
  errors: ['CONFLICT', 'TOO_MANY_ATTEMPTS'],
});

export const renewRecoveryCodesOperation = operation({
  method: 'POST',
  path: '/auth/mfa/recovery-codes',
  operationId: 'renewRecoveryCodes',
  tag,
  summary: 'Make new recovery codes',
  description:
    'The old ones stop working. Needs the password and a code: recovery codes stand in for the authenticator. Takes no ' +
    '`Idempotency-Key`: the answer is a secret.',
  access: 'signed-in',
  limit: 'credentials',
  body: RenewRecoveryCodesRequest,
  bodyExample: { current_password, code: '123456' },
  response: renewRecoveryCodes.response,
  responseExample: { recovery_codes: recoveryCodesExample },
  errors: ['CONFLICT', 'TOO_MANY_ATTEMPTS'],
});

export const verifyMfaOperation = operation({
  method: 'POST',
  path: '/auth/mfa/verify',
  operationId: 'verifyMfa',
  tag,
  summary: 'Finish a sign-in with the second factor',
  description:
    'Takes the `mfa_token` a sign-in answered, within five minutes, with a code of the authenticator or a recovery code. ' +
    'After five wrong codes the sign-in begins anew; failures are counted over all of them, and the wait grows.',
  access: 'public',
  limit: 'credentials',
  body: VerifyMfaRequest,
  bodyExample: { mfa_token: mfaRequiredExample.mfa_token, code: '123456' },
  response: TokenPair,
  responseExample: tokenPairExample,
  errors: ['INVALID_CODE', 'INVALID_TOKEN', 'TOO_MANY_ATTEMPTS', 'ACCOUNT_DISABLED', 'ERASURE_PENDING'],
});
