import { defineRpc } from '../define.js';
import { Closed, type Static, StringEnum, Type } from '../schema.js';
import { CaptchaToken, Email } from './accounts.js';
import { SignInAnswer } from './sessions.js';

export const SixDigits = (options: Record<string, unknown> = {}) =>
  Type.String({ pattern: '^[0-9]{6}$', examples: ['123456'], ...options });

/** A code to sign in with, sent by mail. Answers the same for every address. */
export const sendSignInCode = defineRpc('identity', 'sign-in-code.send', {
  caller: 'none',
  request: Closed({ email: Email(), captcha_token: CaptchaToken() }),
  response: Closed({
    status: StringEnum(['code_sent']),
    message: Type.String(),
    expires_in: Type.Integer({ minimum: 1, description: 'Seconds the code is good.' }),
  }),
});

export const VerifySignInCodeRequest = Closed({ email: Email(), otp: SixDigits() });
export type VerifySignInCodeRequest = Static<typeof VerifySignInCodeRequest>;

/** Never stored for idempotency: its answer is a secret. */
export const verifySignInCode = defineRpc('identity', 'sign-in-code.verify', {
  caller: 'none',
  request: VerifySignInCodeRequest,
  response: SignInAnswer,
});
