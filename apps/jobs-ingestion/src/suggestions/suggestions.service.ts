import { Injectable } from '@nestjs/common';
import { SUGGESTION_KINDS, type SuggestJobsRequest } from '#contracts';
import { RawJson } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import { COUNTRY_OF } from '#kernel';
import { placesBeginningWith } from '../places/domain/place-beginnings.js';
import { typedWords } from './domain/typed-words.js';
import { SuggestionRepository } from './suggestion.repository.js';

const NAMES = new Intl.DisplayNames(['en'], { type: 'region' });
const COUNTRIES: ReadonlyMap<string, string> = new Map(
  [...new Set(COUNTRY_OF.values())].map((code) => [code, NAMES.of(code) ?? code]),
);

/** A recount reads every open posting: it may take a thirtieth of the time. */
const REST = 30;

@Injectable()
export class SuggestionsService {
  /** In memory: a recount that a restart makes once more does no harm. */
  private counted: { writes: string; restUntil: number } | undefined;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly suggestions: SuggestionRepository,
  ) {}

  async suggest(request: SuggestJobsRequest): Promise<RawJson> {
    const places = placesBeginningWith(request.q);
    return RawJson.from(await this.suggestions.find(this.database, request, typedWords(request.q), places));
  }

  /** Answers whether it counted: only when something was written since, and not while it rests from the last time. */
  async recountIfChanged(): Promise<boolean> {
    const startedAt = performance.now();
    if (startedAt < (this.counted?.restUntil ?? 0)) return false;
    const writes = await this.suggestions.writesOfPostings(this.database);
    if (writes === this.counted?.writes) return false;
    for (const kind of SUGGESTION_KINDS) {
      await this.unitOfWork.run((tx) => this.suggestions.recount(tx, kind, COUNTRIES));
    }
    const endedAt = performance.now();
    this.counted = { writes, restUntil: endedAt + REST * (endedAt - startedAt) };
    return true;
  }
}
