import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { MessagingModule, UserDataHooks, userDataFeature } from '#messaging';
import { leadershipProviders, PersistenceModule } from '#persistence';
import { BookmarkRepository } from './bookmarks/bookmark.repository.js';
import { BookmarkRpcController } from './bookmarks/bookmark.rpc.controller.js';
import { BookmarkService } from './bookmarks/bookmark.service.js';
import type { JobsSettings } from './config.js';
import { jobsSchema } from './data-source.js';
import { jobsRetention } from './retention.js';
import { EmployerPostingRepository } from './employer-postings/employer-posting.repository.js';
import { EmployerPostingsRpcController } from './employer-postings/employer-postings.rpc.controller.js';
import { EmployerPostingsService } from './employer-postings/employer-postings.service.js';
import { EmployerGrantRepository } from './employer-postings/employer-grant.repository.js';
import { ErasureOfEmployers } from './employer-postings/erasure-of-employers.js';
import { FollowEmployerConsumer } from './employer-postings/follow-employer.consumer.js';
import { FollowEmployerService } from './employer-postings/follow-employer.service.js';
import { SpeakerService } from './employer-postings/speaker.service.js';
import { WithdrawalService } from './employer-postings/withdrawal.service.js';
import { CatalogueRepository } from './ingestion/catalogue.repository.js';
import { ClosingService } from './ingestion/closing.service.js';
import { ImportRpcController } from './ingestion/import.rpc.controller.js';
import { ImportService } from './ingestion/import.service.js';
import { IngestionTurn } from './ingestion/ingestion-turn.js';
import { IngestionService } from './ingestion/ingestion.service.js';
import { WhoseWordsRepository } from './ingestion/whose-words.repository.js';
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
import { SuggestionRepository } from './suggestions/suggestion.repository.js';
import { SuggestionsRpcController } from './suggestions/suggestions.rpc.controller.js';
import { SuggestionsSchedule } from './suggestions/suggestions.schedule.js';
import { SuggestionsService } from './suggestions/suggestions.service.js';
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
        MessagingModule.forService('jobs-ingestion', jobsRetention),
        ScheduleModule.forRoot(),
      ],
      controllers: [
        SearchRpcController,
        SuggestionsRpcController,
        RecommendationRpcController,
        BookmarkRpcController,
        ImportRpcController,
        EmployerPostingsRpcController,
        RunRpcController,
        FetchSourceConsumer,
        FollowEmployerConsumer,
        MatchingConsumer,
        ...myData.controllers,
      ],
      providers: [
        { provide: JOBS_SETTINGS, useValue: settings },
        // ingestion
        CatalogueRepository,
        WhoseWordsRepository,
        ClosingService,
        IngestionTurn,
        IngestionService,
        ImportService,
        // what employers publish here
        EmployerPostingRepository,
        EmployerGrantRepository,
        SpeakerService,
        WithdrawalService,
        FollowEmployerService,
        EmployerPostingsService,
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
        SuggestionRepository,
        SuggestionsService,
        SuggestionsSchedule,
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
        { provide: UserDataHooks, useClass: ErasureOfEmployers },
        ...myData.providers,
      ],
      exports: [RunService],
    };
  }
}
