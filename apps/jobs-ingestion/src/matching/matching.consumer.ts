import { Controller } from '@nestjs/common';
import { type Envelope, MatchPostingsV1, ProfileUpdatedV1, RefreshMatchProfileV1, type Static } from '#contracts';
import { type EventContext, OnCommand, OnEvent, type WorkContext } from '#messaging';
import { MatchingService } from './matching.service.js';

@Controller()
export class MatchingConsumer {
  constructor(private readonly matching: MatchingService) {}

  @OnEvent(ProfileUpdatedV1, { reader: 'jobs-ingestion', feature: 'match-profiles', concurrency: 2 })
  profileUpdated(event: Envelope<Static<typeof ProfileUpdatedV1.data>>, context: EventContext): Promise<void> {
    return this.matching.profileChanged(event.data.user_id, event.id, context);
  }

  // Patient: while identity restarts, its facts wait rather than go to the dead letters.
  @OnCommand(RefreshMatchProfileV1, { concurrency: 2, maxAttempts: 20 })
  refreshProfile(command: Envelope<Static<typeof RefreshMatchProfileV1.data>>, context: WorkContext): Promise<void> {
    return this.matching.refreshProfile(command.data.user_id, context);
  }

  @OnCommand(MatchPostingsV1, { concurrency: 1 })
  matchPostings(command: Envelope<{ posting_ids: string[] }>, context: WorkContext): Promise<void> {
    return this.matching.matchPostings(command.data.posting_ids, context);
  }
}
