import { createHash } from 'node:crypto';
import { requisitionOf } from '../../normalise/domain/canonical-url.js';
import { isPlaceWord } from '../../places/domain/place.js';
import { companyName, type CompanyName } from './company-name.js';
import { jobLocation, locationKey, type JobLocation } from './job-location.js';
import { jobTitle, type JobTitle } from './job-title.js';
import { bandsOf, shinglesOf } from './shingles.js';

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
  shingles: ReadonlySet<number>;
}

export const profileOf = (facts: DedupFacts): DedupProfile => ({
  facts,
  company: companyName(facts.company),
  title: jobTitle(facts.title),
  location: jobLocation(facts.locationText, facts.descriptionText, facts.statedCountry),
  requisitions: facts.canonicalUrls.map(requisitionOf).filter((requisition) => requisition !== null),
  shingles: shinglesOf(facts.descriptionText),
});

export const companyKey = (profile: DedupProfile): string => profile.company.core;

const coreWords = (core: readonly string[], ignored: ReadonlySet<string>): string[] =>
  core.filter((word) => !ignored.has(word)).sort();

/** Level and languages stay in: titles that differ in them are different jobs. */
export const titleKey = ({ title, location }: DedupProfile): string =>
  [coreWords(title.core, location.words), title.levels, title.stack, title.requisitions]
    .map((words) => words.join(' '))
    .join('|');

/** Same employer, same job, same place: the second layer. */
export const fingerprintOf = (profile: DedupProfile): string =>
  digest([companyKey(profile), titleKey(profile), locationKey(profile.location)].join('\u0001'));

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
