import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { MessagingModule, userDataFeature } from '#messaging';
import { leadershipProviders, PersistenceModule } from '#persistence';
import { BookmarkRepository } from './bookmarks/bookmark.repository.js';
import { BookmarkRpcController } from './bookmarks/bookmark.rpc.controller.js';
import { BookmarkService } from './bookmarks/bookmark.service.js';
import type { JobsSettings } from './config.js';
import { jobsSchema } from './data-source.js';
import { CatalogueRepository } from './ingestion/catalogue.repository.js';
import { ClosingService } from './ingestion/closing.service.js';
import { ImportRpcController } from './ingestion/import.rpc.controller.js';
import { ImportService } from './ingestion/import.service.js';
import { IngestionService } from './ingestion/ingestion.service.js';
import { MatchProfileRepository } from './matching/match-profile.repository.js';
import { MatchingConsumer } from './matching/matching.consumer.js';
import { MatchingService } from './matching/matching.service.js';
import { UserMatchRepository } from './matching/user-match.repository.js';
import { OpeningRepository } from './recommendations/opening.repository.js';
import { RecommendationRpcController } from './recommendations/recommendation.rpc.controller.js';
import { RecommendationService } from './recommendations/recommendation.service.js';
import { FetchSourceConsumer } from './runs/fetch-source.consumer.js';
import { FetchSourceService } from './runs/fetch-source.service.js';
import { IngestionSchedule } from './runs/ingestion.schedule.js';
import { RunRepository } from './runs/run.repository.js';
import { RunRpcController } from './runs/run.rpc.controller.js';
import { RunService } from './runs/run.service.js';
import { SourceCatalogue } from './runs/source-catalogue.js';
import { SourceStateRepository } from './runs/source-state.repository.js';
import { SearchRpcController } from './search/search.rpc.controller.js';
import { SearchService } from './search/search.service.js';
import { SourceRegistry } from './sources/index.js';
import { JOBS_SETTINGS } from './tokens.js';

/** Sources, the job catalogue, and who a posting fits. */
@Module({})
export class JobsIngestionModule {
  static register(settings: JobsSettings): DynamicModule {
    const myData = userDataFeature(jobsSchema);
    return {
      module: JobsIngestionModule,
      imports: [
        PersistenceModule.forService(jobsSchema, settings),
        MessagingModule.forService('jobs-ingestion'),
        ScheduleModule.forRoot(),
      ],
      controllers: [
        SearchRpcController,
        RecommendationRpcController,
        BookmarkRpcController,
        ImportRpcController,
        RunRpcController,
        FetchSourceConsumer,
        MatchingConsumer,
        ...myData.controllers,
      ],
      providers: [
        { provide: JOBS_SETTINGS, useValue: settings },
        // ingestion
        CatalogueRepository,
        ClosingService,
        IngestionService,
        ImportService,
        // runs
        { provide: SourceRegistry, useFactory: () => new SourceRegistry(settings) },
        SourceCatalogue,
        SourceStateRepository,
        RunRepository,
        RunService,
        FetchSourceService,
        ...leadershipProviders('jobs-ingestion', settings.DATABASE_URL),
        IngestionSchedule,
        // search
        SearchService,
        // recommendations and matches
        OpeningRepository,
        RecommendationService,
        MatchProfileRepository,
        UserMatchRepository,
        MatchingService,
        // bookmarks
        BookmarkRepository,
        BookmarkService,
        // export and erasure
        ...myData.providers,
      ],
      exports: [RunService],
    };
  }
}
