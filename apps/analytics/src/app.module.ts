import { type DynamicModule, Module } from '@nestjs/common';
import { MessagingModule, UserDataHooks, userDataFeature } from '#messaging';
import { PersistenceModule } from '#persistence';
import type { AnalyticsSettings } from './config.js';
import { analyticsSchema } from './data-source.js';
import { analyticsRetention } from './retention.js';
import { FactRepository } from './facts/fact.repository.js';
import { FactsConsumer } from './facts/facts.consumer.js';
import { FactsService } from './facts/facts.service.js';
import { CountsCache } from './summary/counts-cache.js';
import { SummaryRpcController } from './summary/summary.rpc.controller.js';
import { SummaryService } from './summary/summary.service.js';
import { AnalyticsUserDataHooks } from './user-data.js';

@Module({})
export class AnalyticsModule {
  static register(settings: AnalyticsSettings): DynamicModule {
    const myData = userDataFeature(analyticsSchema);
    return {
      module: AnalyticsModule,
      imports: [
        PersistenceModule.forService(analyticsSchema, settings),
        MessagingModule.forService('analytics', analyticsRetention),
      ],
      controllers: [FactsConsumer, SummaryRpcController, ...myData.controllers],
      providers: [
        CountsCache,
        FactRepository,
        FactsService,
        SummaryService,
        { provide: UserDataHooks, useClass: AnalyticsUserDataHooks },
        ...myData.providers,
      ],
    };
  }
}
