import { Controller } from '@nestjs/common';
import {
  ApplicationCreatedV1,
  ApplicationDeletedV1,
  ApplicationStatusChangedV1,
  ContentGeneratedV1,
  type Envelope,
  type EventContract,
  PostingBookmarkedV1,
  PostingUnbookmarkedV1,
  PostingViewedV1,
  SearchPerformedV1,
  type Static,
} from '#contracts';
import { type EventContext, OnEvent } from '#messaging';
import { FactsService } from './facts.service.js';

type Event<C extends EventContract> = Envelope<Static<C['data']>>;
const facts = { reader: 'analytics', feature: 'facts' } as const;

@Controller()
export class FactsConsumer {
  constructor(private readonly facts: FactsService) {}

  @OnEvent(PostingViewedV1, facts)
  viewed({ id, data }: Event<typeof PostingViewedV1>, { tx }: EventContext) {
    return this.facts.recordActivity(tx, 'view', id, data.user_id, data.posting_id, data.viewed_at);
  }

  @OnEvent(SearchPerformedV1, facts)
  searched({ id, data }: Event<typeof SearchPerformedV1>, { tx }: EventContext) {
    return this.facts.recordActivity(tx, 'search', id, data.user_id, null, data.performed_at);
  }

  @OnEvent(ContentGeneratedV1, facts)
  generated({ id, data, time }: Event<typeof ContentGeneratedV1>, { tx }: EventContext) {
    return this.facts.recordActivity(tx, 'letter', id, data.user_id, data.posting_id, time);
  }

  @OnEvent(PostingBookmarkedV1, facts)
  bookmarked({ data, time }: Event<typeof PostingBookmarkedV1>, { tx }: EventContext) {
    return this.facts.recordBookmark(tx, data.user_id, data.posting_id, true, time);
  }

  @OnEvent(PostingUnbookmarkedV1, facts)
  unbookmarked({ data, time }: Event<typeof PostingUnbookmarkedV1>, { tx }: EventContext) {
    return this.facts.recordBookmark(tx, data.user_id, data.posting_id, false, time);
  }

  @OnEvent(ApplicationCreatedV1, facts)
  applicationCreated({ data }: Event<typeof ApplicationCreatedV1>, { tx }: EventContext) {
    return this.facts.recordStep(tx, { ...data, sequence: 1, cause: 'user' });
  }

  @OnEvent(ApplicationStatusChangedV1, facts)
  statusChanged({ data }: Event<typeof ApplicationStatusChangedV1>, { tx }: EventContext) {
    return this.facts.recordStep(tx, { ...data, status: data.to });
  }

  @OnEvent(ApplicationDeletedV1, facts)
  applicationDeleted({ data }: Event<typeof ApplicationDeletedV1>, { tx }: EventContext) {
    return this.facts.forgetApplication(tx, data.user_id, data.application_id);
  }
}
