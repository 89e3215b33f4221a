import { createHash } from 'node:crypto';
import { companyName, type CompanyName, foldInPlace } from '#kernel';
import { requisitionOf } from '../../normalise/domain/canonical-url.js';
import { isPlaceWord } from '../../places/domain/place.js';
import { jobLocation, locationKey, type JobLocation } from './job-location.js';
import { jobTitle, type JobTitle } from './job-title.js';
import { bandsOf, shinglesOf, type Shingles } from './shingles.js';

/** What duplicate detection needs to know of a posting; a stored row and a fresh one give the same. */
export interface DedupFacts {
  source: string;
  sourceId: string;
  title: string;
  company: string;
  locationText: string | null;
  /** ISO-3166 alpha-2 where the source states it apart from the text. */
  statedCountry: string | null;
  /** Every canonical address it was seen at: the one of each sighting. */
  canonicalUrls: readonly string[];
  descriptionText: string;
}

/** The same, taken apart once. */
export interface DedupProfile {
  facts: DedupFacts;
  company: CompanyName;
  title: JobTitle;
  location: JobLocation;
  /** `greenhouse:4400001` where an address tells. */
  requisitions: readonly string[];
  readonly shingles: Shingles;
  /** Same employer, same job, same place: the second layer. */
  readonly fingerprint: string;
}

/** `folded`: `foldInPlace` of the text, where the caller has it. */
export function profileOf(facts: DedupFacts, folded?: string): DedupProfile {
  let shingles: Shingles | undefined;
  let fingerprint: string | undefined;
  return {
    facts,
    company: companyName(facts.company),
    title: jobTitle(facts.title),
    location: jobLocation(facts.locationText, facts.descriptionText, facts.statedCountry),
    requisitions: facts.canonicalUrls.map(requisitionOf).filter((requisition) => requisition !== null),
    // Most candidates are told apart by place, level or title before anybody asks for these two.
    get shingles() {
      return (shingles ??= shinglesOf(folded ?? foldInPlace(facts.descriptionText)));
    },
    get fingerprint() {
      return (fingerprint ??= digest([companyKey(this), titleKey(this), locationKey(this.location)].join('\u0001')));
    },
  };
}

export const companyKey = (profile: DedupProfile): string => profile.company.core;

const coreWords = (core: readonly string[], ignored: ReadonlySet<string>): string[] =>
  core.filter((word) => !ignored.has(word)).sort();

/** Level and languages stay in: titles that differ in them are different jobs. */
export const titleKey = ({ title, location }: DedupProfile): string =>
  [coreWords(title.core, location.words), title.levels, title.stack, title.requisitions]
    .map((words) => words.join(' '))
    .join('|');

/**
 * Keys for an indexed look-up of what is worth comparing: one for employer and title, one for the requisition, and
 * the bands of the description (which find copies under another employer's name or another title).
 */
export const blockingKeysOf = (profile: DedupProfile): string[] => [
  `t:${digest(`${companyKey(profile)}\u0001${placelessTitle(profile)}`)}`,
  ...profile.requisitions.map((requisition) => `r:${requisition}`),
  ...bandsOf(profile.shingles),
];

/** Boards append the place to the title or leave it out: to meet, both must be without. */
const placelessTitle = ({ title, location }: DedupProfile): string =>
  coreWords(title.core, location.words)
    .filter((word) => !isPlaceWord(word))
    .join(' ');

/** 96 bits: no chance collision within any catalogue. Not a secret. */
const digest = (text: string): string => createHash('sha1').update(text).digest('base64url').slice(0, 16);
