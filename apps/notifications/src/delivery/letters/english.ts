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
        text('You asked for a new password.'),
        ...secret(given, 'Set a new password'),
        text('If it was not you, ignore this message: your password stays as it is.'),
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
        text('A webhook has failed for so long that we stopped calling it. No more events are sent to it.'),
        ...facts([
          ['Webhook', values.url],
          ['Why', values.reason],
        ]),
        text('Repair the receiver, then switch the webhook on again; failed deliveries can be replayed.'),
      ],
    }),
  },
};
