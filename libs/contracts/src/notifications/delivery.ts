import { defineCommand } from '../define.js';
import { Closed, Nullable, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';

/** One text template each; what a template may say stands in `DeliveryContent.values`. */
export const DELIVERY_KINDS = [
  'verify_email',
  'account_exists',
  'sign_in_code',
  'reset_password',
  'change_email',
  'email_changed',
  'password_changed',
  'sign_in_unusual',
  'token_reused',
  'export_ready',
  'erasure_requested',
  'erasure_done',
  'webhook_disabled',
  'mfa_enabled',
  'mfa_disabled',
  'recovery_code_used',
  'recovery_codes_renewed',
  'passkey_added',
  'passkey_removed',
  'passkey_copied',
  'api_key_ending',
] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

interface ValueNames {
  required: readonly string[];
  optional: readonly string[];
}
/** `when` is a timestamp; `device` is what the client calls itself; `network` is its address. */
const OCCASION: ValueNames = { required: [], optional: ['when', 'device', 'network', 'country', 'method'] };
/** A one-time secret: as the page that takes it where there is one, and as itself for those who have no page. */
const SECRET: ValueNames = { required: ['token'], optional: ['link'] };

/** What the templates know to say. Other values are ignored; without a required one nothing is sent. */
export const DELIVERY_VALUES: Readonly<Record<DeliveryKind, ValueNames>> = {
  verify_email: SECRET,
  account_exists: { required: [], optional: ['link'] },
  sign_in_code: { required: ['code'], optional: [] },
  /** `by`: `admin` where it was not its owner who asked. */
  reset_password: { required: SECRET.required, optional: [...SECRET.optional, 'by'] },
  change_email: SECRET,
  email_changed: { required: [], optional: [...OCCASION.optional, 'new_email'] },
  password_changed: OCCASION,
  sign_in_unusual: { required: [], optional: [...OCCASION.optional, 'reason'] },
  token_reused: OCCASION,
  export_ready: { required: [], optional: ['link'] },
  /** `until`: timestamp up to which it can be undone. */
  erasure_requested: { required: [], optional: ['until', 'link'] },
  erasure_done: { required: [], optional: ['link', 'certificate'] },
  webhook_disabled: { required: ['url'], optional: ['reason'] },
  mfa_enabled: OCCASION,
  /** `by`: `admin` where it was not its owner. */
  mfa_disabled: { required: [], optional: [...OCCASION.optional, 'by'] },
  /** `left`: how many there still are. */
  recovery_code_used: { required: ['left'], optional: OCCASION.optional },
  recovery_codes_renewed: OCCASION,
  /** `name`: what its owner calls the passkey. */
  passkey_added: { required: ['name'], optional: OCCASION.optional },
  passkey_removed: { required: ['name'], optional: OCCASION.optional },
  passkey_copied: { required: ['name'], optional: OCCASION.optional },
  /** `name`: what its owner calls the key; `until`: timestamp at which it ends. */
  api_key_ending: { required: ['name'], optional: ['until'] },
};

/** What only the reader may see: never on the bus or in a table but encrypted. */
export const DeliveryContent = Closed({
  address: Type.String({ maxLength: 254 }),
  /** BCP 47; null writes English. */
  language: Nullable(Type.String({ maxLength: 35 })),
  values: Type.Record(Type.String(), Type.String({ maxLength: 2000 })),
});
export type DeliveryContent = Static<typeof DeliveryContent>;

/** Where the cipher text of a delivery is bound to; `owner` is the delivery's id. */
export const DELIVERY_CONTENT_PLACE = { table: 'cmd.notifications.delivery.send', column: 'content' } as const;

export const SendDeliveryV1 = defineCommand('notifications', 'delivery.send', {
  summary: 'Send one message to one address, once. The content is encrypted with the field cipher.',
  alsoSentBy: ['identity', 'jobs-ingestion', 'applications', 'ai-content', 'analytics'],
  data: Closed({
    delivery_id: Uuid(),
    /** Null where there is no account (yet). */
    user_id: Nullable(Uuid()),
    kind: StringEnum(DELIVERY_KINDS),
    /** `DeliveryContent` as JSON through the field cipher, bound to `DELIVERY_CONTENT_PLACE` and the delivery's id. */
    content: Type.String({ maxLength: 40_000 }),
    /** After this the message is of no use (a code that expired) and is not sent any more. */
    expires_at: Nullable(Timestamp()),
  }),
  sample: {
    delivery_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d71',
    user_id: null,
    kind: 'sign_in_code',
    content: 'v1.2026.c2VhbGVk',
    expires_at: '2026-11-20T10:10:00.000Z',
  },
});
