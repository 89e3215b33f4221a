import { LIMITS, type Attribution, type NormalisedPosting } from '../../normalise/domain/posting.js';
import { parseHttpUrl } from '../../normalise/domain/canonical-url.js';
import { parseInstant } from '../../normalise/domain/dates.js';
import { cleanLine, decodeEntities } from '../../normalise/domain/text.js';
import { describe } from '../../normalise/html.js';
import type { RejectedItem } from '../source.port.js';

/** What a mapping found, as found. Everything is optional: `toPosting` decides what may be missing. */
export type PostingDraft = Partial<
  Pick<
    NormalisedPosting,
    | 'board'
    | 'statedCountry'
    | 'remote'
    | 'salary'
    | 'salaryText'
    | 'employmentType'
    | 'levelHint'
    | 'languageHint'
    | 'visaFlag'
    | 'requisitionId'
  >
> & {
  sourceId: string | null;
  title: string | null;
  company: string | null;
  companyLogo?: string | null;
  locationText?: string | null;
  tags?: readonly string[];
  /** HTML or plain text. */
  description?: string | null;
  /** In any form a source writes. */
  postedAt?: unknown;
  updatedAt?: unknown;
  expiresAt?: unknown;
  applyUrl?: string | null;
  listingUrl?: string | null;
  raw: unknown;
};

export interface Origin {
  source: string;
  attribution: Attribution | null;
  now: Date;
}

/** An opening nobody can identify or name is no posting; anything else that is missing is null. */
export function toPosting(draft: PostingDraft, { source, attribution, now }: Origin): NormalisedPosting | RejectedItem {
  const sourceId = draft.sourceId === null ? null : cleanLine(draft.sourceId, LIMITS.id);
  if (sourceId === null) return { reason: 'no id' };
  const title = named(draft.title, LIMITS.title);
  if (title === null) return { reason: 'no title', sourceId };
  const company = named(draft.company, LIMITS.company);
  if (company === null) return { reason: 'no company', sourceId };
  const { html, text } = describe(draft.description ?? null);
  return {
    source,
    sourceId,
    board: draft.board ?? null,
    title,
    company,
    companyLogo: webAddress(draft.companyLogo),
    locationText: named(draft.locationText ?? null, LIMITS.location),
    statedCountry: draft.statedCountry ?? null,
    remote: draft.remote ?? null,
    salary: draft.salary ?? null,
    salaryText: draft.salaryText ?? null,
    employmentType: draft.employmentType ?? null,
    levelHint: draft.levelHint ?? null,
    languageHint: draft.languageHint ?? null,
    tags: [...new Set(draft.tags ?? [])].slice(0, LIMITS.tags),
    postedAt: parseInstant(draft.postedAt),
    updatedAt: parseInstant(draft.updatedAt),
    expiresAt: parseInstant(draft.expiresAt),
    descriptionHtml: html,
    descriptionText: text,
    applyUrl: webAddress(draft.applyUrl),
    listingUrl: webAddress(draft.listingUrl),
    attribution,
    requisitionId: draft.requisitionId ?? null,
    visaFlag: draft.visaFlag ?? null,
    raw: draft.raw,
    fetchedAt: now.toISOString(),
  };
}

/** Names come escaped ("R&amp;D") and now and then with markup in them. */
const named = (value: string | null, max: number): string | null =>
  value === null ? null : cleanLine(decodeEntities(value.slice(0, max * 8).replace(/<[^<>]{1,200}>/g, ' ')), max);

function webAddress(value: string | null | undefined): string | null {
  const url = parseHttpUrl(value);
  return url !== null && url.href.length <= LIMITS.url ? url.href : null;
}

export interface ReadItems {
  postings: NormalisedPosting[];
  rejected: RejectedItem[];
}

/** Maps every item of a list; `map` answers null for what is no item at all and a reason for what is not wanted. */
export function readItems(
  items: readonly unknown[],
  map: (item: unknown) => PostingDraft | string | null,
  origin: Origin,
): ReadItems {
  const result: ReadItems = { postings: [], rejected: [] };
  for (const item of items) {
    const draft = map(item);
    if (draft === null || typeof draft === 'string') {
      result.rejected.push({ reason: draft ?? 'not an object' });
      continue;
    }
    const posting = toPosting(draft, origin);
    if ('reason' in posting) result.rejected.push(posting);
    else result.postings.push(posting);
  }
  return result;
}
