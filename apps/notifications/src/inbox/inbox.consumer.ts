import { Controller } from '@nestjs/common';
import {
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
import { matchOccasion, statusOccasion } from './domain/occasion.js';
import { acceptedOccasion, messageOccasion, requestOccasion } from './domain/social-occasion.js';
import { InboxService } from './inbox.service.js';

type Event<C extends EventContract> = Envelope<Static<C['data']>>;

@Controller()
export class InboxConsumer {
  constructor(private readonly inbox: InboxService) {}

  @OnEvent(MatchFoundV1, { reader: 'notifications', feature: 'deliveries' })
  matchFound(event: Event<typeof MatchFoundV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(matchOccasion(event.data), event.id, context);
  }

  @OnEvent(ApplicationStatusChangedV1, { reader: 'notifications', feature: 'deliveries' })
  statusChanged(event: Event<typeof ApplicationStatusChangedV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(statusOccasion(event.data), event.id, context);
  }

  @OnEvent(ConnectionRequestedV1, { reader: 'notifications', feature: 'deliveries' })
  connectionRequested(event: Event<typeof ConnectionRequestedV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(requestOccasion(event.data, event.time), event.id, context);
  }

  @OnEvent(ConnectionAcceptedV1, { reader: 'notifications', feature: 'deliveries' })
  connectionAccepted(event: Event<typeof ConnectionAcceptedV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(acceptedOccasion(event.data, event.time), event.id, context);
  }

  @OnEvent(MessageSentV1, { reader: 'notifications', feature: 'deliveries' })
  messageSent(event: Event<typeof MessageSentV1>, context: EventContext): Promise<void> {
    return this.inbox.tell(messageOccasion(event.data, event.time), event.id, context);
  }
}
