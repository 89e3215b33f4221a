import { Injectable } from '@nestjs/common';
import { CUSTOM_SOURCE } from '#contracts';
import type { Tx } from '#persistence';

/** An employer whose words make way for those of a source. */
export interface Yielding {
  postingId: string;
  ownerId: string;
  confirmed: boolean;
}

/** Which sighting of an opening its words are from, where an employer published it here, too. */
@Injectable()
export class WhoseWordsRepository {
  /** Of openings a source is found to show: those whose words are of somebody who may not speak for its company. */
  async yielding(tx: Tx, shown: readonly { postingId: string; companyKey: string }[]): Promise<Yielding[]> {
    if (shown.length === 0) return [];
    return tx.query<Yielding>(
      'whose-words.yielding',
      `SELECT DISTINCT e.posting_id AS "postingId", e.owner_id AS "ownerId", e.confirmed
       FROM unnest($1::uuid[], $2::text[]) AS i(posting_id, company_key)
       JOIN employer_posting e ON e.posting_id = i.posting_id AND e.withdrawn_at IS NULL AND e.speaks
       JOIN posting p ON p.id = e.posting_id
       WHERE NOT e.confirmed OR (p.company_key <> i.company_key AND e.replaced IS NULL)`,
      [shown.map(({ postingId }) => postingId), shown.map(({ companyKey }) => companyKey)],
    );
  }

  /** The words are a source's from now on; whoever spoke here stands beside them, and so does who withdrew his. */
  async stepAside(tx: Tx, postingIds: readonly string[]): Promise<void> {
    if (postingIds.length === 0) return;
    await tx.query(
      'whose-words.step-aside',
      `UPDATE employer_posting SET speaks = false, replaced = NULL, confirmed = false
       WHERE posting_id = ANY ($1::uuid[]) AND speaks`,
      [postingIds],
    );
  }

  /**
   * Makes the oldest sighting at a source the one the words come from. `anew`: they are to be written the next time the
   * source shows them, changed or not.
   */
  async promote(tx: Tx, postingIds: readonly string[], { anew }: { anew: boolean }): Promise<void> {
    if (postingIds.length === 0) return;
    await tx.query(
      'whose-words.promote',
      `WITH oldest AS (
         SELECT DISTINCT ON (posting_id) posting_id, source, source_id, layer, score, evidence FROM sighting
         WHERE posting_id = ANY ($1::uuid[]) AND source <> $2
         ORDER BY posting_id, layer = 'first' DESC, gone_at IS NULL DESC, first_seen_at, source, source_id),
       swapped AS (
         -- What makes the one a copy of the other makes the other a copy of the one.
         UPDATE sighting s SET layer = o.layer, score = o.score, evidence = o.evidence FROM oldest o
         WHERE s.posting_id = o.posting_id AND s.source = $2 AND s.layer = 'first' AND o.layer <> 'first')
       UPDATE sighting s SET layer = 'first', score = NULL, evidence = NULL,
         -- An empty hash is the hash of no content.
         content_hash = CASE WHEN $3::boolean THEN '' ELSE s.content_hash END
       FROM oldest o WHERE s.source = o.source AND s.source_id = o.source_id`,
      [postingIds, CUSTOM_SOURCE, anew],
    );
  }
}
