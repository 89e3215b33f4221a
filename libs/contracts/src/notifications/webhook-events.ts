import { ContentFailedV1, ContentGeneratedV1 } from '../ai-content/events.js';
import { ApplicationCreatedV1, ApplicationDeletedV1, ApplicationStatusChangedV1 } from '../applications/events.js';
import type { EventContract } from '../define.js';
import { ApiKeyRevokedV1 } from '../identity/api-keys.js';
import { ConnectionAcceptedV1, ConnectionRequestedV1 } from '../identity/connections.js';
import { ProfileUpdatedV1, SessionRevokedV1, UserLoggedInV1 } from '../identity/events.js';
import { MessageSentV1 } from '../identity/messages.js';
import { MatchFoundV1, PostingBookmarkedV1, PostingUnbookmarkedV1 } from '../jobs-ingestion/events.js';
import type { Static, TSchema } from '../schema.js';
import type { PERSON_MEMBERS } from '../user-data.js';

type PersonMember = (typeof PERSON_MEMBERS)[number];

/** An event a person's programs may be told. */
export interface WebhookEvent {
  readonly contract: EventContract;
  /** Members of its data that name the people it is told to. */
  readonly told: readonly PersonMember[];
}

const toldTo = <D extends TSchema>(
  contract: EventContract<D>,
  ...told: (PersonMember & keyof Static<D>)[]
): WebhookEvent => ({ contract, told });

/** Only what concerns the person himself and what he could look up anyway. The names are those of our own events. */
export const WEBHOOK_EVENTS: readonly WebhookEvent[] = [
  toldTo(ApplicationCreatedV1, 'user_id'),
  toldTo(ApplicationStatusChangedV1, 'user_id'),
  toldTo(ApplicationDeletedV1, 'user_id'),
  toldTo(MatchFoundV1, 'user_id'),
  toldTo(PostingBookmarkedV1, 'user_id'),
  toldTo(PostingUnbookmarkedV1, 'user_id'),
  toldTo(ContentGeneratedV1, 'user_id'),
  toldTo(ContentFailedV1, 'user_id'),
  toldTo(ProfileUpdatedV1, 'user_id'),
  toldTo(UserLoggedInV1, 'user_id'),
  toldTo(SessionRevokedV1, 'user_id'),
  toldTo(ApiKeyRevokedV1, 'user_id'),
  toldTo(ConnectionRequestedV1, 'receiver_id'),
  // Both are connected now, whoever of the two agreed.
  toldTo(ConnectionAcceptedV1, 'requester_id', 'receiver_id'),
  toldTo(MessageSentV1, 'receiver_id'),
];

export const WEBHOOK_EVENT_TYPES: readonly string[] = WEBHOOK_EVENTS.map(({ contract }) => contract.type);

/** What POST /webhooks/{id}/test sends; nobody subscribes to it. */
export const WEBHOOK_TEST_TYPE = 'webhook.test';
