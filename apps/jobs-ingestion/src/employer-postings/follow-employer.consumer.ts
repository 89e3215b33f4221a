import { Controller } from '@nestjs/common';
import { EmployerCompaniesChangedV1, type Envelope, FollowEmployerV1, type Static } from '#contracts';
import { type EventContext, OnCommand, OnEvent, type WorkContext } from '#messaging';
import { FollowEmployerService } from './follow-employer.service.js';

@Controller()
export class FollowEmployerConsumer {
  constructor(private readonly employers: FollowEmployerService) {}

  @OnEvent(EmployerCompaniesChangedV1, { reader: 'jobs-ingestion', feature: 'employers', concurrency: 2 })
  companiesChanged(
    event: Envelope<Static<typeof EmployerCompaniesChangedV1.data>>,
    context: EventContext,
  ): Promise<void> {
    return this.employers.companiesChanged(event.data, event.id, context);
  }

  // Patient: while much is being stored, its turn may be long in coming.
  @OnCommand(FollowEmployerV1, { concurrency: 1, maxAttempts: 20 })
  follow(command: Envelope<Static<typeof FollowEmployerV1.data>>, context: WorkContext): Promise<void> {
    return this.employers.follow(command.data.user_id, context);
  }
}
