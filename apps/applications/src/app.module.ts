import { type DynamicModule, Module } from '@nestjs/common';
import { MessagingModule, userDataFeature } from '#messaging';
import { PersistenceModule } from '#persistence';
import type { ApplicationsSettings } from './config.js';
import { applicationsSchema } from './data-source.js';
import { applicationsRetention } from './retention.js';
import { ApplicationRepository } from './tracking/application.repository.js';
import { TrackingRpcController } from './tracking/tracking.rpc.controller.js';
import { TrackingService } from './tracking/tracking.service.js';

@Module({})
export class ApplicationsModule {
  static register(settings: ApplicationsSettings): DynamicModule {
    const myData = userDataFeature(applicationsSchema);
    return {
      module: ApplicationsModule,
      imports: [
        PersistenceModule.forService(applicationsSchema, settings),
        MessagingModule.forService('applications', applicationsRetention),
      ],
      controllers: [TrackingRpcController, ...myData.controllers],
      providers: [TrackingService, ApplicationRepository, ...myData.providers],
    };
  }
}
