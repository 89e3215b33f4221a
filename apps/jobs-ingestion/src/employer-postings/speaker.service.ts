import { Inject, Injectable } from '@nestjs/common';
import { PostingChangedV1 } from '#contracts';
import type { Clock } from '#kernel';
import { Outbox } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { CatalogueRepository } from '../ingestion/catalogue.repository.js';
import type { IncomingPosting } from '../ingestion/domain/plan-batch.js';
import { wordsOf } from '../ingestion/posting-row.js';
import { WhoseWordsRepository } from '../ingestion/whose-words.repository.js';
import { isConfirmed, speakerOf, type Voice } from './domain/confirmation.js';
import { EmployerGrantRepository } from './employer-grant.repository.js';
import { EmployerPostingRepository, type Replaced, type Standing } from './employer-posting.repository.js';
import { readKept } from './read-statement.js';

interface Judged extends Standing, Voice {
  incoming: IncomingPosting;
}

/**
 * Lets an opening have the words of whoever speaks for it. Everything here is in a transaction that has the turn of
 * ingestion.
 */
@Injectable()
export class SpeakerService {
  constructor(
    private readonly outbox: Outbox,
    private readonly catalogue: CatalogueRepository,
    private readonly whoseWords: WhoseWordsRepository,
    private readonly postings: EmployerPostingRepository,
    private readonly grants: EmployerGrantRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Judges anew who of those who published it is confirmed, and puts the words of the right one in place. Doing the same
   * again changes nothing. `changed`: what did change before in this transaction; told along.
   */
  async settle(
    tx: Tx,
    postingId: string,
    { changed = [], requestId }: { changed?: readonly string[]; requestId?: string },
  ): Promise<void> {
    const opening = await this.postings.lock(tx, postingId);
    if (opening === undefined) return;
    const standings = await this.postings.standings(tx, postingId);
    const speaker = standings.find(({ speaks }) => speaks);
    const sourcesKey = speaker === undefined ? opening.companyKey : companyKeyOf(speaker.replaced);
    const judged: Judged[] = [];
    for (const standing of standings) judged.push(await this.judge(tx, standing, sourcesKey));
    const told = new Set(changed);
    if (judged.some(({ id, confirmed }) => standings.find((one) => one.id === id)?.confirmed !== confirmed)) {
      await this.postings.confirm(tx, judged);
      told.add('employer_confirmed');
    }
    const next = speakerOf(judged, sourcesKey !== null);
    if (next?.id !== speaker?.id) {
      const rewritten = [...(await this.stepBack(tx, speaker)), ...(await this.takeOver(tx, next, opening.isOpen))];
      for (const one of [...rewritten, 'source']) told.add(one);
    } else if (next?.confirmed === false && (await this.postings.waitsForSource(tx, postingId, this.clock.now()))) {
      // There are no words of the source yet: they come the next time it is read.
      await this.whoseWords.promote(tx, [postingId], { anew: true });
    }
    if (told.size > 0) await this.tell(tx, postingId, [...told], requestId);
  }

  /** Of an opening nobody else has shown. */
  async isConfirmed(tx: Tx, ownerId: string, { posting }: IncomingPosting, url: string | null): Promise<boolean> {
    return isConfirmed(await this.grants.of(tx, ownerId), { companyKey: posting.companyKey, url }, null);
  }

  /** What he says, as the words of the posting. Answers what changed in them. */
  async write(tx: Tx, { postingId, replaced }: Pick<Standing, 'postingId' | 'replaced'>, { posting }: IncomingPosting) {
    const words = wordsOf(posting);
    // He does not say where one applies: still where the source said.
    words.apply_url ??= replaced?.words.apply_url ?? null;
    const [change] = await this.catalogue.updatePostings(
      tx,
      [{ id: postingId, words }],
      this.clock.now().toISOString(),
    );
    await this.catalogue.replaceBlocks(tx, [{ id: postingId, blocks: posting.blockingKeys }]);
    return change?.changed ?? [];
  }

  /** The words there were before. As kept they may be old: the next time the source shows them they are written anew. */
  async giveBack(tx: Tx, postingId: string, { words, blocks }: Replaced): Promise<readonly string[]> {
    await this.whoseWords.promote(tx, [postingId], { anew: true });
    const [change] = await this.catalogue.updatePostings(
      tx,
      [{ id: postingId, words }],
      this.clock.now().toISOString(),
    );
    await this.catalogue.replaceBlocks(tx, [{ id: postingId, blocks }]);
    return change?.changed ?? [];
  }

  private async judge(tx: Tx, standing: Standing, sourcesKey: string | null): Promise<Judged> {
    const { id, ownerId, statement } = standing;
    const incoming = readKept(statement, id, this.clock.now());
    const said = { companyKey: incoming.posting.companyKey, url: statement.url };
    return {
      ...standing,
      incoming,
      confirmed: isConfirmed(await this.grants.of(tx, ownerId), said, sourcesKey),
      isOver: Date.parse(statement.expires_at) <= this.clock.now().getTime(),
    };
  }

  private async stepBack(tx: Tx, speaker: Standing | undefined): Promise<readonly string[]> {
    if (speaker?.replaced == null) return [];
    await this.postings.stepBack(tx, speaker.id);
    return this.giveBack(tx, speaker.postingId, speaker.replaced);
  }

  /** The opening stays what people kept and applied for; from now on the employer says what it is. */
  private async takeOver(tx: Tx, next: Judged | null, isOpen: boolean): Promise<readonly string[]> {
    if (next === null) return [];
    const replaced = await this.postings.keepReplaced(tx, next);
    const changed = await this.write(tx, { postingId: next.postingId, replaced }, next.incoming);
    if (isOpen) return changed;
    await this.postings.reopen(tx, next.postingId, this.clock.now());
    return [...changed, 'reopened'];
  }

  private async tell(tx: Tx, postingId: string, changed: string[], requestId: string | undefined): Promise<void> {
    if (changed.every((one) => one === 'employer_confirmed'))
      await this.postings.touch(tx, postingId, this.clock.now());
    const data = { ...(await this.postings.facts(tx, postingId)), changed };
    await this.outbox.add(tx, PostingChangedV1, data, { subject: postingId, requestId });
  }
}

/** Null: no source had words for it. */
function companyKeyOf(replaced: Replaced | null): string | null {
  const key = replaced?.words.company_key;
  return typeof key === 'string' ? key : null;
}
