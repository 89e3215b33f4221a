import { sendSignInCode, SignInAnswer, VerifySignInCodeRequest } from '#contracts';
import { operation } from '../http/operation.js';
import { mfaText, tokenPairExample } from './examples.js';

const tag = 'Sign-in';

export const sendOtpOperation = operation({
  method: 'POST',
  path: '/auth/send-otp',
  operationId: 'sendOtp',
  tag,
  summary: 'Send a code to sign in with',
  description:
    'Six digits by mail, good for ten minutes and five tries; a new code replaces the old one. The same answer for every address.',
  access: 'public',
  limit: 'credentials',
  body: sendSignInCode.request,
  bodyExample: { email: 'john.doe@example.com' },
  response: sendSignInCode.response,
  responseExample: {
    status: 'code_sent',
    message: 'If this address can sign in here, a code is on its way to it.',
    expires_in: 600,
  },
  errors: ['TOO_MANY_ATTEMPTS', 'PROVIDER_UNAVAILABLE'],
});

export const verifyOtpOperation = operation({
  method: 'POST',
  path: '/auth/verify-otp',
  operationId: 'verifyOtp',
  tag,
  summary: 'Sign in with the code of the mail',
  description:
    'The first time it makes the account. It proves the address: an account that somebody else had registered with it ' +
    `loses its password, its sessions and its second factor. ${mfaText}`,
  access: 'public',
  limit: 'credentials',
  body: VerifySignInCodeRequest,
  bodyExample: { email: 'john.doe@example.com', otp: '123456' },
  response: SignInAnswer,
  responseExample: tokenPairExample,
  errors: ['INVALID_CODE', 'TOO_MANY_ATTEMPTS', 'ACCOUNT_DISABLED'],
});
