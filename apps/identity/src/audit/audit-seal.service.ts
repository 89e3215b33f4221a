import { Inject, Injectable } from '@nestjs/common';
import { type Clock, faultPoint } from '#kernel';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK, Logger } from '#platform';
import { AuditKey } from './audit-key.js';
import {
  AuditSealRepository,
  type ChainCut,
  type PossibleCut,
  type StoredHead,
  type StoredSeal,
} from './audit-seal.repository.js';
import { CHAIN_BEGIN, type ChainFinding, examineChain } from './domain/chain.js';
import { type AuditHead, macOfHead, macOfSeal, sumWith } from './domain/seal.js';

/** Rows carry the time of the replica that wrote them and appear when it commits: look back further than both differ. */
const LOOK_BACK_MS = 3_600_000;
const CHAINS_AT_ONCE = 100;
const LINKS_AT_ONCE = 2_000;

interface HeadChange {
  before: StoredHead | undefined;
  after: AuditHead | undefined;
}

/**
 * Seals the audit log: every few minutes the leader looks at the rows that came and writes down, under the key of the
 * log, how far each person's chain goes. From then on rows cannot be cut off at its end, nor a chain removed as a whole,
 * without being missed. Sign-ins wait for none of it.
 */
@Injectable()
export class AuditSealService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly seals: AuditSealRepository,
    private readonly key: AuditKey,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Safe to end anywhere: what was not sealed is found again. */
  async seal(): Promise<void> {
    const startedAt = this.clock.now();
    const last = await this.seals.find(this.database);
    const since = last === undefined || last.number === 0 ? null : new Date(last.sealedAt.getTime() - LOOK_BACK_MS);
    const erased = new Set(await this.seals.erasedPeople(this.database));
    const chains = (await this.seals.chainsSince(this.database, since)).filter((chain) => !erased.has(chain));
    for (let at = 0; at < chains.length; at += CHAINS_AT_ONCE) {
      await this.sealSome(chains.slice(at, at + CHAINS_AT_ONCE));
    }
    await this.change({ sealedAt: startedAt }, async (tx) => {
      const heads = await this.seals.headsOf(tx, [...erased].map(this.key.tagOf));
      return heads.map((before) => ({ before, after: undefined }));
    });
  }

  /**
   * Takes the rows that are older than `before` away and writes down, sealed, where each chain begins now. A chain that
   * does not hold together is left as it is. The database itself refuses to cut what is younger than 30 days.
   */
  async cut(before: Date): Promise<number> {
    let removed = 0;
    for (let after: string | null = null; ;) {
      const page: PossibleCut[] = await this.seals.cutsBefore(this.database, before, after, CHAINS_AT_ONCE);
      const last = page.at(-1);
      if (last === undefined) return removed;
      // Also what came so late that no sealing looked for it.
      await this.sealSome(page.map(({ chain }) => chain));
      const cuts = page.flatMap(({ chain, sequence, hash }) =>
        sequence === null || hash === null ? [] : [{ chain, sequence, hash }],
      );
      await this.change({}, async (tx) => {
        const { changes, sealed } = await this.headsBehind(tx, cuts);
        const rows = await this.seals.cut(tx, sealed);
        if (rows > 0) faultPoint('audit.rows_cut_before_heads');
        removed += rows;
        return changes;
      });
      after = last.chain;
    }
  }

  private async headsBehind(tx: Tx, cuts: readonly ChainCut[]): Promise<{ changes: HeadChange[]; sealed: ChainCut[] }> {
    const heads = await this.knownHeads(
      tx,
      cuts.map(({ chain }) => chain),
    );
    const changes: HeadChange[] = [];
    const sealed: ChainCut[] = [];
    for (const { chain, sequence, hash } of cuts) {
      const before = heads.get(chain);
      if (before === undefined || before.sequence < sequence || before.cut.sequence >= sequence) continue;
      changes.push({ before, after: { ...before, cut: { sequence, hash } } });
      sealed.push({ chain, sequence, hash });
    }
    return { changes, sealed };
  }

  private sealSome(chains: readonly string[]): Promise<void> {
    return this.change({}, async (tx, seal) => {
      const heads = await this.knownHeads(tx, chains);
      const changes: HeadChange[] = [];
      for (const chain of chains) {
        const before = heads.get(chain);
        const after = await this.headOf(tx, chain, before, this.clock.now() <= seal.unkeyedUntil);
        if (after !== undefined) changes.push({ before, after });
      }
      return changes;
    });
  }

  /** Undefined where nothing came, or what came is not whole. */
  private async headOf(
    tx: Tx,
    chain: string,
    known: StoredHead | undefined,
    isOverlap: boolean,
  ): Promise<AuditHead | undefined> {
    let begin = known === undefined ? CHAIN_BEGIN : known.cut.sequence === known.sequence ? known.cut : undefined;
    let { unkeyedThrough } = known ?? { unkeyedThrough: 0 };
    const from = begin === undefined ? (known?.sequence ?? 0) : begin.sequence + 1;
    for (let next = from; ;) {
      const links = await this.seals.linksOf(tx, chain, next, LINKS_AT_ONCE);
      // The first is the one that was sealed last: settled, if it is still what was sealed.
      if (begin === undefined) {
        const first = links.shift();
        if (known === undefined || first?.sequence !== known.sequence || !first.hash.equals(known.hash)) {
          return this.report(chain, [{ problem: 'missing', sequence: from, through: from }]);
        }
        begin = { sequence: known.sequence, hash: known.hash };
      }
      if (isOverlap) {
        for (const { version, sequence } of links) if (version === 1) unkeyedThrough = sequence;
      }
      const findings = examineChain(this.key.value, links, { begin, unkeyedThrough, isEnd: false });
      if (findings.length > 0) return this.report(chain, findings);
      const last = links.at(-1);
      if (last !== undefined) begin = { sequence: last.sequence, hash: last.hash };
      if (links.length < LINKS_AT_ONCE - 1) break;
      next = begin.sequence + 1;
    }
    if (begin.sequence === (known?.sequence ?? 0)) return undefined;
    return { tag: this.key.tagOf(chain), ...begin, cut: known?.cut ?? CHAIN_BEGIN, unkeyedThrough };
  }

  private report(chain: string, findings: readonly ChainFinding[]): undefined {
    this.logger.error('the audit log was tampered with: run careercopilot audit verify', undefined, {
      user_id: chain,
      findings,
    });
  }

  private async knownHeads(tx: Tx, chains: readonly string[]): Promise<Map<string, StoredHead>> {
    const byTag = new Map(chains.map((chain) => [this.key.tagOf(chain).toString('hex'), chain]));
    const heads = await this.seals.headsOf(
      tx,
      [...byTag.keys()].map((tag) => Buffer.from(tag, 'hex')),
    );
    return new Map(heads.map((head) => [byTag.get(head.tag.toString('hex')) ?? '', head]));
  }

  /** One step: the heads and the seal over them in one commit. Nothing is built upon what somebody else wrote. */
  private change(
    next: Partial<Pick<StoredSeal, 'sealedAt'>>,
    work: (tx: Tx, seal: StoredSeal) => Promise<HeadChange[]>,
  ): Promise<void> {
    const key = this.key.value;
    return this.unitOfWork.run(async (tx) => {
      const seal = await this.seals.lock(tx, 'UPDATE');
      if (seal === undefined || !macOfSeal(key, seal).equals(seal.mac)) {
        throw new Error('the seal of the audit log is not ours: run careercopilot audit verify');
      }
      const changes = await work(tx, seal);
      const removed = changes.flatMap(({ before }) => (before === undefined ? [] : [before]));
      if (removed.some((head) => !macOfHead(key, head).equals(head.mac))) {
        throw new Error('a head of the audit log is not ours: run careercopilot audit verify');
      }
      const added = changes.flatMap(({ after }) => (after === undefined ? [] : [after]));
      await this.seals.removeHeads(
        tx,
        changes.flatMap(({ before, after }) => (after === undefined && before !== undefined ? [before.tag] : [])),
      );
      await this.seals.putHeads(
        tx,
        added.map((head) => ({ ...head, mac: macOfHead(key, head) })),
      );
      if (added.length > 0) faultPoint('audit.heads_before_seal');
      const sealed = {
        ...seal,
        ...next,
        number: seal.number + 1,
        heads: seal.heads + added.length - removed.length,
        sum: sumWith(key, seal.sum, { removed, added }),
      };
      await this.seals.store(tx, { ...sealed, mac: macOfSeal(key, sealed) });
    });
  }
}
