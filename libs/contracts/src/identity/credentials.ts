import { defineRpc } from '../define.js';
import { Closed, Empty, StringEnum, Type, Uuid } from '../schema.js';
import { Email, Password } from './accounts.js';

/** A secret that came by mail, or as the last step of another sign-in: opaque, good once. */
export const MailedToken = () =>
  Type.String({ minLength: 1, maxLength: 200, examples: ['ccmt_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4'] });

/** Confirms the address of a new account, or the new address of an old one. */
export const verifyEmail = defineRpc('identity', 'email.verify', {
  caller: 'none',
  request: Closed({ token: MailedToken() }),
  response: Closed({ status: StringEnum(['verified', 'email_changed']) }),
});

export const resendVerification = defineRpc('identity', 'email.resend-verification', {
  request: Empty,
  response: Closed({ status: StringEnum(['verification_sent', 'already_verified']) }),
});

export const ChangeEmailRequest = Closed({
  new_email: Email(),
  current_password: Type.Optional(
    Password({
      description: 'Needed where the account has one; otherwise the sign-in must be younger than 15 minutes.',
    }),
  ),
});
export const changeEmail = defineRpc('identity', 'email.change', {
  request: ChangeEmailRequest,
  response: Closed({ status: StringEnum(['verification_sent']) }),
});

/** Answers the same whether or not there is such an account. */
export const requestPasswordReset = defineRpc('identity', 'password.request-reset', {
  caller: 'none',
  request: Closed({ email: Email() }),
  response: Closed({ status: StringEnum(['accepted']) }),
});

/** By an admin, for somebody else: the same letter, which goes to the person alone. */
export const startPasswordReset = defineRpc('identity', 'password.start-reset', {
  request: Closed({ user_id: Uuid() }),
  response: Closed({ status: StringEnum(['accepted']) }),
});

export const ResetPasswordRequest = Closed({ token: MailedToken(), new_password: Password() });
export const resetPassword = defineRpc('identity', 'password.reset', {
  caller: 'none',
  request: ResetPasswordRequest,
  response: Closed({
    status: StringEnum(['password_reset']),
    sessions_revoked: Type.Integer({ minimum: 0, description: 'Every session of the account ended.' }),
  }),
});
