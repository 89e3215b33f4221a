import { Inject, Injectable } from '@nestjs/common';
import type { AuditFinding, Static, verifyAudit } from '#contracts';
import { type Clock, forbidden } from '#kernel';
import type { RpcContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { AuditKey } from './audit-key.js';
import { NOBODY } from './audit-log.repository.js';
import {
  AuditSealRepository,
  type LogPlace,
  type StoredHead,
  type StoredLink,
  type StoredSeal,
} from './audit-seal.repository.js';
import { CHAIN_BEGIN, type ChainFinding, type ChainPlace, examineChain } from './domain/chain.js';
import { EMPTY_SUM, macOfHead, macOfSeal, sumWith } from './domain/seal.js';

/** About a quarter of a second per answer. */
const LINKS_AT_ONCE = 5_000;
const HEADS_AT_ONCE = 5_000;
const MOST_FINDINGS = 100;
const BEGIN: LogPlace = { chain: NOBODY, sequence: 0 };

type Answer = Static<typeof verifyAudit.response>;

/** For admins: whether anybody changed, removed or added rows of the audit log behind the service's back. */
@Injectable()
export class AuditVerificationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly seals: AuditSealRepository,
    private readonly key: AuditKey,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The seal first, then the rows by pages in the order of their key. */
  verify(after: string | undefined, context: RpcContext): Promise<Answer> {
    // The gateway checks this too; here it holds whoever asks.
    if (context.caller?.roles.includes('admin') !== true) throw forbidden('Only an admin may do this.');
    return this.unitOfWork.run(async (tx) => {
      // Nothing is sealed or cut meanwhile; rows that are appended do no harm.
      const seal = await this.seals.lock(tx, 'SHARE');
      const rows = await this.rowsAfter(tx, seal, after === undefined ? undefined : placeIn(after));
      const ofSeal = after === undefined ? await this.sealFindings(tx, seal) : [];
      return {
        ...rows,
        seal: seal === undefined ? null : { number: seal.number, sealed_at: seal.sealedAt.toISOString() },
        findings: [...ofSeal, ...rows.findings].slice(0, MOST_FINDINGS),
      };
    });
  }

  private async rowsAfter(
    tx: Tx,
    seal: StoredSeal | undefined,
    after: LogPlace = BEGIN,
  ): Promise<Pick<Answer, 'checked' | 'findings' | 'next'>> {
    const begin = await this.settled(tx, after);
    const links = await this.seals.linksAfter(tx, after, LINKS_AT_ONCE);
    // The last one only shows what its predecessor is; the next page begins with it.
    const ahead = links.length < LINKS_AT_ONCE ? undefined : links.at(-1);
    const last = ahead === undefined ? undefined : links.at(-2);
    const chains = byChain(links);
    const heads = await this.headsOf(tx, [...chains.keys()]);
    const isOverlap = seal !== undefined && this.clock.now() <= seal.unkeyedUntil;
    const findings: AuditFinding[] = [];
    for (const [chain, own] of chains) {
      const head = heads.get(chain);
      const found = examineChain(this.key.value, own, {
        begin: begin?.chain === chain ? begin : (head?.cut ?? CHAIN_BEGIN),
        sealed: head,
        unkeyedThrough: isOverlap ? Number.MAX_SAFE_INTEGER : (head?.unkeyedThrough ?? 0),
        isEnd: ahead?.chain !== chain,
      });
      const settled = chain === last?.chain ? last.sequence : ahead?.chain === chain ? 0 : Number.MAX_SAFE_INTEGER;
      findings.push(...found.filter(({ sequence }) => sequence <= settled).map((one) => toFinding(chain, one)));
    }
    return {
      checked: links.length - (ahead === undefined ? 0 : 1),
      findings,
      next: last === undefined ? null : `${last.chain}:${String(last.sequence)}`,
    };
  }

  /** The row the page before ended with. */
  private async settled(tx: Tx, { chain, sequence }: LogPlace): Promise<(ChainPlace & { chain: string }) | undefined> {
    if (sequence === 0) return undefined;
    const [row] = await this.seals.linksOf(tx, chain, sequence, 1);
    return row?.sequence === sequence ? row : undefined;
  }

  /** Of an erased person none counts any more: what a request under way wrote late begins anew. */
  private async headsOf(tx: Tx, chains: readonly string[]): Promise<Map<string, StoredHead>> {
    const erased = new Set(await this.seals.erasedPeople(tx));
    const byTag = new Map(
      chains.filter((chain) => !erased.has(chain)).map((chain) => [this.key.tagOf(chain).toString('hex'), chain]),
    );
    const heads = await this.seals.headsOf(
      tx,
      [...byTag.keys()].map((tag) => Buffer.from(tag, 'hex')),
    );
    return new Map(heads.map((head) => [byTag.get(head.tag.toString('hex')) ?? '', head]));
  }

  /** Whether the heads are those that were sealed, and each has its rows. */
  private async sealFindings(tx: Tx, seal: StoredSeal | undefined): Promise<AuditFinding[]> {
    const key = this.key.value;
    const chainOf = new Map(
      (await this.seals.chainsSince(tx, null)).map((chain) => [this.key.tagOf(chain).toString('hex'), chain]),
    );
    const erased = new Set((await this.seals.erasedPeople(tx)).map((one) => this.key.tagOf(one).toString('hex')));
    const findings: AuditFinding[] = [];
    let sum: Buffer = EMPTY_SUM;
    let count = 0;
    for (let after: Buffer = Buffer.alloc(0); ;) {
      const heads = await this.seals.headsAfter(tx, after, HEADS_AT_ONCE);
      for (const head of heads) {
        const tag = head.tag.toString('hex');
        const chain = chainOf.get(tag) ?? null;
        if (!macOfHead(key, head).equals(head.mac)) findings.push({ ...OF_SEAL, user_id: ownerOf(chain) });
        if (chain === null && head.sequence > head.cut.sequence && !erased.has(tag)) {
          findings.push({ ...OF_SEAL, problem: 'missing', sequence: head.cut.sequence + 1, through: head.sequence });
        }
      }
      sum = sumWith(key, sum, { added: heads });
      count += heads.length;
      const last = heads.at(-1);
      if (last === undefined) break;
      after = last.tag;
    }
    const isWhole =
      seal !== undefined && macOfSeal(key, seal).equals(seal.mac) && seal.heads === count && seal.sum.equals(sum);
    return isWhole ? findings : [OF_SEAL, ...findings];
  }
}

const OF_SEAL: AuditFinding = { problem: 'seal', user_id: null, entry_id: null, sequence: null, through: null };

const ownerOf = (chain: string | null): string | null => (chain === NOBODY ? null : chain);

const toFinding = (chain: string, finding: ChainFinding): AuditFinding => ({
  problem: finding.problem,
  user_id: ownerOf(chain),
  entry_id: finding.problem === 'missing' ? null : finding.id,
  sequence: finding.sequence,
  through: finding.problem === 'missing' ? finding.through : finding.sequence,
});

function placeIn(after: string): LogPlace {
  const [chain = '', sequence = ''] = after.split(':');
  return { chain, sequence: Number(sequence) };
}

function byChain(links: readonly StoredLink[]): Map<string, StoredLink[]> {
  const chains = new Map<string, StoredLink[]>();
  for (const link of links) {
    const own = chains.get(link.chain);
    if (own === undefined) chains.set(link.chain, [link]);
    else own.push(link);
  }
  return chains;
}
