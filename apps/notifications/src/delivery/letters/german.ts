import type { DeliveryKind } from '#contracts';
import { type Block, facts, type Language, type LetterFacts, link, moment, text } from './letter.js';

const tag = 'de';
const PRODUCT = 'Career Copilot';

const by = ({ expiresAt }: LetterFacts, say: (until: string) => string): Block[] => {
  const until = moment(tag, expiresAt);
  return until === undefined ? [] : [text(say(until))];
};
const once = (given: LetterFacts): Block[] => by(given, (until) => `Gültig für eine Verwendung, bis ${until}.`);

/** The page that takes the secret, or the secret for those who have no page. */
const secret = (given: LetterFacts, label: string): Block[] => {
  const { link: url, token = '' } = given.values;
  if (url !== undefined) return [...link(label, url), ...once(given)];
  return [text('Mit diesem Code bestätigen Sie das:'), { kind: 'code', code: token }, ...once(given)];
};

const occasion = ({ values }: LetterFacts): Block[] =>
  facts([
    ['Wann', moment(tag, values.when)],
    ['Gerät', values.device],
    ['Netzwerkadresse', values.network],
    ['Land', values.country],
    ['Wie', values.method],
  ]);

const notYou = text(
  'Waren Sie das nicht, dann setzen Sie jetzt ein neues Passwort und melden Sie alle anderen Sitzungen ab:',
  'Jemand anders kennt möglicherweise Ihr Passwort.',
);

const notAsked = text(
  'Das geschieht für Menschen, die ihren Authenticator verloren haben. Sie wurden überall abgemeldet: Melden Sie sich an',
  'und richten Sie einen neuen ein. Haben Sie nicht darum gebeten, dann setzen Sie jetzt ein neues Passwort und melden Sie',
  'es der Administration: Jemand anders hat möglicherweise in Ihrem Namen gefragt.',
);

const BY: Readonly<Record<string, string>> = { admin: 'jemand aus der Administration' };

const WEBHOOK_REASONS: Readonly<Record<string, string>> = {
  failing: 'seit Tagen schlug jeder Aufruf fehl',
  gone: 'der Empfänger antwortete mit 410 (gibt es nicht mehr)',
};

export const german: Language<DeliveryKind> = {
  tag,
  footer: `Sie erhalten diese Nachricht, weil diese Adresse bei ${PRODUCT} verwendet wurde. Sie betrifft ein Konto und lässt sich nicht abbestellen.`,
  letters: {
    verify_email: (given) => ({
      subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
      blocks: [
        text('Bitte bestätigen Sie, dass diese Adresse Ihnen gehört.'),
        ...secret(given, 'Adresse bestätigen'),
        text('Haben Sie hier kein Konto, dann ist nichts zu tun: Ohne Bestätigung senden wir Ihnen nichts mehr.'),
      ],
    }),
    account_exists: ({ values }) => ({
      subject: 'Sie haben bereits ein Konto',
      blocks: [
        text('Jemand, vermutlich Sie, wollte mit dieser Adresse ein Konto anlegen. Es gibt schon eines damit.'),
        ...link('Anmelden', values.link),
        text('Haben Sie Ihr Passwort vergessen, fordern Sie ein neues an. Waren Sie das nicht, ist nichts zu tun.'),
      ],
    }),
    sign_in_code: (given) => ({
      subject: 'Ihr Code zum Anmelden',
      blocks: [
        text('Mit diesem Code melden Sie sich an:'),
        { kind: 'code', code: given.values.code ?? '' },
        ...once(given),
        text('Sagen Sie ihn niemandem. Wir fragen nie danach. Wollten Sie sich nicht anmelden, ist nichts zu tun.'),
      ],
    }),
    reset_password: (given) => ({
      subject: 'Neues Passwort setzen',
      blocks: [
        text(
          given.values.by === undefined
            ? 'Sie haben ein neues Passwort angefordert.'
            : 'Sie werden gebeten, ein neues Passwort zu setzen.',
        ),
        ...facts([['Gebeten von', BY[given.values.by ?? ''] ?? given.values.by]]),
        ...secret(given, 'Neues Passwort setzen'),
        text(
          given.values.by === undefined
            ? 'Waren Sie das nicht, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.'
            : 'Bis dahin bleibt Ihr Passwort, wie es ist. Danach fragen wir Sie nie, auch nicht die Administration.',
        ),
      ],
    }),
    change_email: (given) => ({
      subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
      blocks: [
        text('Bitte bestätigen Sie, dass Ihr Konto künftig diese Adresse verwenden soll.'),
        ...secret(given, 'Diese Adresse verwenden'),
        text('Haben Sie das nicht verlangt, ist nichts zu tun: Es ändert sich nichts.'),
      ],
    }),
    email_changed: (given) => ({
      subject: 'Die E-Mail-Adresse Ihres Kontos wurde geändert',
      blocks: [
        text('Ihr Konto hat ab jetzt eine andere E-Mail-Adresse; Nachrichten gehen dorthin.'),
        ...facts([['Neue Adresse', given.values.new_email]]),
        ...occasion(given),
        notYou,
      ],
    }),
    password_changed: (given) => ({
      subject: 'Ihr Passwort wurde geändert',
      blocks: [text('Das Passwort Ihres Kontos wurde geändert.'), ...occasion(given), notYou],
    }),
    sign_in_unusual: (given) => ({
      subject: 'Eine ungewöhnliche Anmeldung',
      blocks: [
        text('Jemand hat sich auf eine Weise bei Ihrem Konto angemeldet, die wir noch nicht kennen.'),
        ...facts([['Was ungewöhnlich ist', given.values.reason]]),
        ...occasion(given),
        text('Waren Sie das, ist nichts zu tun.'),
        notYou,
      ],
    }),
    token_reused: (given) => ({
      subject: 'Wir haben eine Ihrer Sitzungen beendet',
      blocks: [
        text(
          'Eine bereits ersetzte Anmeldung wurde noch einmal verwendet. Das geschieht, wenn jemand sie kopiert hat,',
          'deshalb haben wir die Sitzung mit allem, was zu ihr gehört, abgemeldet. Melden Sie sich neu an.',
        ),
        ...occasion(given),
        notYou,
      ],
    }),
    export_ready: (given) => ({
      subject: 'Ihre Daten liegen bereit',
      blocks: [
        text('Alles, was wir über Sie gespeichert haben, ist in einer Datei zusammengestellt.'),
        ...link('Datei herunterladen', given.values.link),
        ...by(given, (until) => `Sie lässt sich abrufen bis ${until}.`),
      ],
    }),
    erasure_requested: ({ values }) => ({
      subject: 'Ihr Konto wird gelöscht',
      blocks: [
        text('Wie von Ihnen verlangt, werden Ihr Konto und alles darin gelöscht.'),
        ...facts([['Lässt sich rückgängig machen bis', moment(tag, values.until)]]),
        ...link('Konto behalten', values.link),
        text('Waren Sie das nicht, melden Sie sich an, machen Sie es rückgängig und setzen Sie ein neues Passwort.'),
      ],
    }),
    erasure_done: ({ values }) => ({
      subject: 'Ihr Konto wurde gelöscht',
      blocks: [
        text('Ihr Konto und alles darin wurde gelöscht. Dies ist die letzte Nachricht an diese Adresse.'),
        ...facts([['Bescheinigung', values.certificate]]),
        ...link('Ansehen, was gelöscht wurde', values.link),
      ],
    }),
    webhook_disabled: ({ values }) => ({
      subject: 'Einer Ihrer Webhooks wurde abgeschaltet',
      blocks: [
        text('Ein Webhook schlug fehl und wird nicht mehr aufgerufen. Er erhält keine Ereignisse mehr.'),
        ...facts([
          ['Webhook', values.url],
          ['Warum', WEBHOOK_REASONS[values.reason ?? ''] ?? values.reason],
        ]),
        text(
          'Reparieren Sie den Empfänger und schalten Sie den Webhook wieder ein; Fehlgeschlagenes lässt sich wiederholen.',
        ),
      ],
    }),
    mfa_enabled: (given) => ({
      subject: 'Zum Anmelden braucht es jetzt einen zweiten Faktor',
      blocks: [
        text('Für Ihr Konto wurde ein Authenticator eingerichtet: Zum Anmelden braucht es ab jetzt seinen Code.'),
        ...occasion(given),
        text(
          'Verwahren Sie die Ersatzcodes sicher: Ohne Authenticator und Codes kommt niemand hinein, auch Sie nicht.',
        ),
        notYou,
      ],
    }),
    mfa_disabled: (given) => ({
      subject: 'Der zweite Faktor Ihres Kontos wurde entfernt',
      blocks: [
        text('Zum Anmelden bei Ihrem Konto braucht es keinen Code Ihres Authenticators mehr.'),
        ...facts([['Durch', BY[given.values.by ?? ''] ?? given.values.by]]),
        ...occasion(given),
        given.values.by === 'admin' ? notAsked : notYou,
      ],
    }),
    recovery_code_used: (given) => ({
      subject: 'Einer Ihrer Ersatzcodes wurde verwendet',
      blocks: [
        text('Anstelle Ihres Authenticators wurde ein Ersatzcode verwendet. Er gilt nur dieses eine Mal.'),
        ...facts([['Übrige Codes', given.values.left]]),
        ...occasion(given),
        text('Erstellen Sie neue Codes, bevor der letzte verbraucht ist.'),
        notYou,
      ],
    }),
    recovery_codes_renewed: (given) => ({
      subject: 'Sie haben neue Ersatzcodes',
      blocks: [
        text('Für Ihr Konto wurden neue Ersatzcodes erstellt. Die alten gelten nicht mehr.'),
        ...occasion(given),
        notYou,
      ],
    }),
    passkey_added: (given) => ({
      subject: 'Ihr Konto hat einen neuen Passkey',
      blocks: [
        text('Mit einem neuen Passkey kann man sich bei Ihrem Konto anmelden.'),
        ...facts([['Passkey', given.values.name]]),
        ...occasion(given),
        text('Gehört er nicht Ihnen, dann löschen Sie ihn.'),
        notYou,
      ],
    }),
    passkey_removed: (given) => ({
      subject: 'Ein Passkey Ihres Kontos wurde gelöscht',
      blocks: [
        text('Mit diesem Passkey kann man sich bei Ihrem Konto nicht mehr anmelden.'),
        ...facts([['Passkey', given.values.name]]),
        ...occasion(given),
        notYou,
      ],
    }),
    passkey_copied: (given) => ({
      subject: 'Wir haben einen Ihrer Passkeys abgewiesen',
      blocks: [
        text(
          'Ein Passkey zählt, wie oft er verwendet wurde, und dieser zählte rückwärts. Das geschieht, wenn jemand ihn',
          'kopiert hat, deshalb wurde niemand angemeldet.',
        ),
        ...facts([['Passkey', given.values.name]]),
        ...occasion(given),
        text('Löschen Sie diesen Passkey und legen Sie einen neuen an.'),
      ],
    }),
    api_key_ending: ({ values }) => ({
      subject: 'Einer Ihrer API-Schlüssel läuft bald ab',
      blocks: [
        text('Programme, die diesen API-Schlüssel verwenden, werden abgewiesen, sobald er abgelaufen ist.'),
        ...facts([
          ['API-Schlüssel', values.name],
          ['Läuft ab', moment(tag, values.until)],
        ]),
        text('Brauchen Sie ihn noch, erstellen Sie rechtzeitig einen neuen. Andernfalls ist nichts zu tun.'),
      ],
    }),
  },
};
