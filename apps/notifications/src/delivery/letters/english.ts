import type { DeliveryKind } from '#contracts';
import { type Block, facts, type Language, type LetterFacts, link, moment, text } from './letter.js';

const tag = 'en';
const PRODUCT = 'Career Copilot';

const by = ({ expiresAt }: LetterFacts, say: (until: string) => string): Block[] => {
  const until = moment(tag, expiresAt);
  return until === undefined ? [] : [text(say(until))];
};
const once = (given: LetterFacts): Block[] => by(given, (until) => `It works once, until ${until}.`);

/** The page that takes the secret, or the secret for those who have no page. */
const secret = (given: LetterFacts, label: string): Block[] => {
  const { link: url, token = '' } = given.values;
  if (url !== undefined) return [...link(label, url), ...once(given)];
  return [text('This is the code to confirm it with:'), { kind: 'code', code: token }, ...once(given)];
};

const occasion = ({ values }: LetterFacts): Block[] =>
  facts([
    ['When', moment(tag, values.when)],
    ['Device', values.device],
    ['Network address', values.network],
    ['Country', values.country],
    ['How', values.method],
  ]);

const notYou = text(
  'If this was not you, set a new password now and sign out all other sessions: somebody else may know your password.',
);

const notAsked = text(
  'An administrator does this for people who lost their authenticator. You were signed out everywhere: sign in, and set',
  'up a new one. If you did not ask for it, set a new password now and tell the administrator: somebody else may have',
  'asked in your name.',
);

const BY: Readonly<Record<string, string>> = { admin: 'an administrator' };

const WEBHOOK_REASONS: Readonly<Record<string, string>> = {
  failing: 'every call of it has failed for days',
  gone: 'the receiver answered 410 (gone)',
};

export const english: Language<DeliveryKind> = {
  tag,
  footer: `You receive this message because this address was used with ${PRODUCT}. It is about an account and cannot be switched off.`,
  letters: {
    verify_email: (given) => ({
      subject: 'Confirm your e-mail address',
      blocks: [
        text('Please confirm that this address is yours.'),
        ...secret(given, 'Confirm the address'),
        text('If you have no account here, ignore this message: without a confirmation nothing more is sent to you.'),
      ],
    }),
    account_exists: ({ values }) => ({
      subject: 'You already have an account',
      blocks: [
        text('Somebody, probably you, wanted to use this address for an account. There is one with it already.'),
        ...link('Sign in', values.link),
        text('If you forgot your password, ask for a new one. If it was not you, there is nothing you need to do.'),
      ],
    }),
    sign_in_code: (given) => ({
      subject: 'Your code to sign in',
      blocks: [
        text('Enter this code to sign in:'),
        { kind: 'code', code: given.values.code ?? '' },
        ...once(given),
        text('Never tell it to anybody. We never ask for it. If you did not want to sign in, ignore this message.'),
      ],
    }),
    reset_password: (given) => ({
      subject: 'Set a new password',
      blocks: [
        text(given.values.by === undefined ? 'You asked for a new password.' : 'You are asked to set a new password.'),
        ...facts([['Asked by', BY[given.values.by ?? ''] ?? given.values.by]]),
        ...secret(given, 'Set a new password'),
        text(
          given.values.by === undefined
            ? 'If it was not you, ignore this message: your password stays as it is.'
            : 'Until you do, your password stays as it is. We never ask you what it is, and neither does an administrator.',
        ),
      ],
    }),
    change_email: (given) => ({
      subject: 'Confirm your new e-mail address',
      blocks: [
        text('Please confirm that your account shall use this address from now on.'),
        ...secret(given, 'Use this address'),
        text('If you did not ask for it, ignore this message: nothing changes.'),
      ],
    }),
    email_changed: (given) => ({
      subject: 'The e-mail address of your account was changed',
      blocks: [
        text('Your account has another e-mail address from now on; messages go there.'),
        ...facts([['New address', given.values.new_email]]),
        ...occasion(given),
        notYou,
      ],
    }),
    password_changed: (given) => ({
      subject: 'Your password was changed',
      blocks: [text('The password of your account was changed.'), ...occasion(given), notYou],
    }),
    sign_in_unusual: (given) => ({
      subject: 'A sign-in that looks unusual',
      blocks: [
        text('Somebody signed in to your account in a way we have not seen before.'),
        ...facts([['What is unusual', given.values.reason]]),
        ...occasion(given),
        text('If it was you, there is nothing you need to do.'),
        notYou,
      ],
    }),
    token_reused: (given) => ({
      subject: 'We ended a session of yours',
      blocks: [
        text(
          'A sign-in that had been replaced already was used once more. That happens when somebody has copied it,',
          'so we signed out the session with everything that belongs to it. Sign in again to go on.',
        ),
        ...occasion(given),
        notYou,
      ],
    }),
    export_ready: (given) => ({
      subject: 'Your data is ready',
      blocks: [
        text('Everything we hold on you is put together in one file.'),
        ...link('Download the file', given.values.link),
        ...by(given, (until) => `It can be fetched until ${until}.`),
      ],
    }),
    erasure_requested: ({ values }) => ({
      subject: 'Your account will be deleted',
      blocks: [
        text('As you asked, your account and everything in it will be deleted.'),
        ...facts([['Can be undone until', moment(tag, values.until)]]),
        ...link('Keep my account', values.link),
        text('If it was not you, sign in, undo the deletion and set a new password.'),
      ],
    }),
    erasure_done: ({ values }) => ({
      subject: 'Your account was deleted',
      blocks: [
        text('Your account and everything in it was deleted. This is the last message to this address.'),
        ...facts([['Certificate', values.certificate]]),
        ...link('See what was deleted', values.link),
      ],
    }),
    webhook_disabled: ({ values }) => ({
      subject: 'A webhook of yours was switched off',
      blocks: [
        text('We stopped calling a webhook of yours because its calls failed. No more events are sent to it.'),
        ...facts([
          ['Webhook', values.url],
          ['Why', WEBHOOK_REASONS[values.reason ?? ''] ?? values.reason],
        ]),
        text('Repair the receiver, then switch the webhook on again; failed deliveries can be replayed.'),
      ],
    }),
    mfa_enabled: (given) => ({
      subject: 'Signing in now takes a second factor',
      blocks: [
        text('An authenticator was set up for your account: signing in takes its code from now on.'),
        ...occasion(given),
        text('Keep the recovery codes in a safe place: without authenticator and codes nobody gets in, you included.'),
        notYou,
      ],
    }),
    mfa_disabled: (given) => ({
      subject: 'The second factor of your account was removed',
      blocks: [
        text('Signing in to your account no longer takes a code of your authenticator.'),
        ...facts([['By', BY[given.values.by ?? ''] ?? given.values.by]]),
        ...occasion(given),
        given.values.by === 'admin' ? notAsked : notYou,
      ],
    }),
    recovery_code_used: (given) => ({
      subject: 'A recovery code of yours was used',
      blocks: [
        text('A recovery code was used in place of your authenticator. It works only that once.'),
        ...facts([['Codes left', given.values.left]]),
        ...occasion(given),
        text('Make new codes before the last one is gone.'),
        notYou,
      ],
    }),
    recovery_codes_renewed: (given) => ({
      subject: 'You have new recovery codes',
      blocks: [
        text('New recovery codes were made for your account. The old ones no longer work.'),
        ...occasion(given),
        notYou,
      ],
    }),
    passkey_added: (given) => ({
      subject: 'A passkey was added to your account',
      blocks: [
        text('Your account can be signed in to with a new passkey.'),
        ...facts([['Passkey', given.values.name]]),
        ...occasion(given),
        text('If it is not yours, delete it.'),
        notYou,
      ],
    }),
    passkey_removed: (given) => ({
      subject: 'A passkey of your account was deleted',
      blocks: [
        text('Your account can no longer be signed in to with this passkey.'),
        ...facts([['Passkey', given.values.name]]),
        ...occasion(given),
        notYou,
      ],
    }),
    passkey_copied: (given) => ({
      subject: 'We refused a passkey of yours',
      blocks: [
        text(
          'A passkey counts how often it was used, and this one counted backwards. That happens when somebody has copied',
          'it, so nobody was signed in.',
        ),
        ...facts([['Passkey', given.values.name]]),
        ...occasion(given),
        text('Delete this passkey and make a new one.'),
      ],
    }),
    api_key_ending: ({ values }) => ({
      subject: 'An API key of yours ends soon',
      blocks: [
        text('Programs that use this API key are refused once it has ended.'),
        ...facts([
          ['API key', values.name],
          ['Ends', moment(tag, values.until)],
        ]),
        text('If you still need it, make another one in time. If not, there is nothing you need to do.'),
      ],
    }),
  },
};
