import { Controller } from '@nestjs/common';
import { type Envelope, type MatchProfile, MatchPostingsV1, ProfileUpdatedV1, type Static } from '#contracts';
import { type EventContext, OnCommand, OnEvent, type WorkContext } from '#messaging';
import { MatchingService } from './matching.service.js';

@Controller()
export class MatchingConsumer {
  constructor(private readonly matching: MatchingService) {}

  @OnEvent(ProfileUpdatedV1, { reader: 'jobs-ingestion', feature: 'match-profiles', concurrency: 2 })
  profileUpdated(event: Envelope<Static<typeof MatchProfile>>, context: EventContext): Promise<void> {
    return this.matching.updateProfile(event.data, context);
  }

  @OnCommand(MatchPostingsV1, { concurrency: 1 })
  matchPostings(command: Envelope<{ posting_ids: string[] }>, context: WorkContext): Promise<void> {
    return this.matching.matchPostings(command.data.posting_ids, context);
  }
}
