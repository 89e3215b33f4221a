import { type DynamicModule, Module } from '@nestjs/common';
import { MessagingModule, userDataFeature } from '#messaging';
import { PersistenceModule } from '#persistence';
import { AI_CONTENT_SETTINGS, type AiContentSettings } from './config.js';
import { aiContentSchema } from './data-source.js';
import { aiContentRetention } from './retention.js';
import { GenerationRepository } from './generations/generation.repository.js';
import { GenerationService } from './generations/generation.service.js';
import { GenerationWorker } from './generations/generation.worker.js';
import { CoverLetterRepository } from './letters/cover-letter.repository.js';
import { CoverLetterRpcController } from './letters/cover-letter.rpc.controller.js';
import { CoverLetterService } from './letters/cover-letter.service.js';

@Module({})
export class AiContentModule {
  static register(settings: AiContentSettings): DynamicModule {
    const myData = userDataFeature(aiContentSchema);
    return {
      module: AiContentModule,
      imports: [
        PersistenceModule.forService(aiContentSchema, settings),
        MessagingModule.forService('ai-content', aiContentRetention),
      ],
      controllers: [CoverLetterRpcController, GenerationWorker, ...myData.controllers],
      providers: [
        { provide: AI_CONTENT_SETTINGS, useValue: settings },
        CoverLetterService,
        CoverLetterRepository,
        GenerationService,
        GenerationRepository,
        ...myData.providers,
      ],
    };
  }
}
