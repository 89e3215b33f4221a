import {
  changeEmail,
  ChangeEmailRequest,
  requestPasswordReset,
  resendVerification,
  resetPassword,
  ResetPasswordRequest,
  verifyEmail,
} from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Sign-in';
const mailedToken = 'ccmt_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4';

export const verifyEmailOperation = operation({
  method: 'POST',
  path: '/auth/verify-email',
  operationId: 'verifyEmail',
  tag,
  summary: 'Confirm an e-mail address',
  description:
    'Takes the token of the mail to a new account, or to the new address of an old one. Refresh the tokens afterwards: ' +
    'older access tokens still say that the address is not verified.',
  access: 'public',
  limit: 'credentials',
  body: verifyEmail.request,
  bodyExample: { token: mailedToken },
  response: verifyEmail.response,
  responseExample: { status: 'verified' },
  errors: ['INVALID_TOKEN', 'EMAIL_ALREADY_REGISTERED'],
});

export const resendVerificationOperation = operation({
  method: 'POST',
  path: '/auth/resend-verification',
  operationId: 'resendVerification',
  tag,
  summary: 'Send the verification mail again',
  description: 'The mail that was sent before no longer counts.',
  access: 'signed-in',
  limit: 'credentials',
  status: 202,
  response: resendVerification.response,
  responseExample: { status: 'verification_sent' },
  errors: ['TOO_MANY_ATTEMPTS'],
});

export const changeEmailOperation = operation({
  method: 'POST',
  path: '/auth/change-email',
  operationId: 'changeEmail',
  tag,
  summary: 'Change my e-mail address',
  description:
    'The new address counts once the token sent to it came back by POST /auth/verify-email; the old one is told. ' +
    'The answer is the same for an address that is taken.',
  access: 'signed-in',
  limit: 'credentials',
  body: ChangeEmailRequest,
  bodyExample: { new_email: 'john@example.org', current_password: 'SecurePassword123!' },
  status: 202,
  response: changeEmail.response,
  responseExample: { status: 'verification_sent' },
  errors: ['TOO_MANY_ATTEMPTS'],
});

export const forgotPasswordOperation = operation({
  method: 'POST',
  path: '/auth/forgot-password',
  operationId: 'forgotPassword',
  tag,
  summary: 'Ask for a mail that sets a new password',
  description: 'The same answer, after the same time, whether or not there is an account.',
  access: 'public',
  limit: 'credentials',
  body: requestPasswordReset.request,
  bodyExample: { email: 'john.doe@example.com' },
  status: 202,
  response: requestPasswordReset.response,
  responseExample: { status: 'accepted' },
  errors: ['TOO_MANY_ATTEMPTS'],
});

export const resetPasswordOperation = operation({
  method: 'POST',
  path: '/auth/reset-password',
  operationId: 'resetPassword',
  tag,
  summary: 'Set a new password with the token of the mail',
  description: 'Ends every session of the account at once. A password that is refused does not use the token up.',
  access: 'public',
  limit: 'credentials',
  body: ResetPasswordRequest,
  bodyExample: { token: mailedToken, new_password: 'seven purple elephants' },
  response: resetPassword.response,
  responseExample: { status: 'password_reset', sessions_revoked: 2 },
  errors: ['INVALID_TOKEN'],
});
