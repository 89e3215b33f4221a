import { Controller } from '@nestjs/common';
import {
  ApiKeyEndAnnouncedV1,
  ApplicationStatusChangedV1,
  ConnectionAcceptedV1,
  ConnectionRequestedV1,
  type Envelope,
  type EventContract,
  MatchFoundV1,
  MessageSentV1,
  type Static,
} from '#contracts';
import { type EventContext, OnEvent } from '#messaging';
import { keyEndOccasion } from './domain/key-occasion.js';
import { matchOccasion, statusOccasion } from './domain/occasion.js';
import { acceptedOccasion, messageOccasion, requestOccasion } from './domain/social-occasion.js';
import { type Cause, InboxService } from './inbox.service.js';

type Event<C extends EventContract> = Envelope<Static<C['data']>>;

@Controller()
export class InboxConsumer {
  constructor(private readonly inbox: InboxService) {}

  @OnEvent(MatchFoundV1, { reader: 'notifications', feature: 'deliveries' })
  matchFound(event: Event<typeof MatchFoundV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(matchOccasion(event.data), causeOf(event, context));
  }

  @OnEvent(ApplicationStatusChangedV1, { reader: 'notifications', feature: 'deliveries' })
  statusChanged(event: Event<typeof ApplicationStatusChangedV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(statusOccasion(event.data), causeOf(event, context));
  }

  @OnEvent(ConnectionRequestedV1, { reader: 'notifications', feature: 'deliveries' })
  connectionRequested(event: Event<typeof ConnectionRequestedV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(requestOccasion(event.data, event.time), causeOf(event, context));
  }

  @OnEvent(ConnectionAcceptedV1, { reader: 'notifications', feature: 'deliveries' })
  connectionAccepted(event: Event<typeof ConnectionAcceptedV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(acceptedOccasion(event.data, event.time), causeOf(event, context));
  }

  @OnEvent(MessageSentV1, { reader: 'notifications', feature: 'deliveries' })
  messageSent(event: Event<typeof MessageSentV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(messageOccasion(event.data, event.time), causeOf(event, context));
  }

  @OnEvent(ApiKeyEndAnnouncedV1, { reader: 'notifications', feature: 'deliveries' })
  keyEndAnnounced(event: Event<typeof ApiKeyEndAnnouncedV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(keyEndOccasion(event.data), causeOf(event, context));
  }
}

const causeOf = ({ id: eventId }: Envelope, { tx, requestId }: EventContext): Cause => ({ tx, eventId, requestId });
