import { relateCompanies } from '#kernel';
import { relateLocations, type LocationRelation } from './job-location.js';
import { relateTitles, type TitleRelation } from './job-title.js';
import { profileOf, type DedupFacts, type DedupProfile } from './profile.js';
import { likenessOf, type TextLikeness } from './shingles.js';

export type DedupLayer = 'url' | 'fingerprint' | 'near';

export interface DedupDecision {
  /** Only `duplicate` merges. `unsure` is for a person to look at: a wrong merge hides a real opening. */
  verdict: 'duplicate' | 'different' | 'unsure';
  /** Which layer decided; null when no layer found a resemblance. */
  layer: DedupLayer | null;
  /** 0–1, how alike. Comparable between candidates for the same posting. */
  score: number;
  /** What it rests on, as "name: finding", for people who question a merge. */
  evidence: string[];
}

/** Shares of the shorter text found in the longer one. */
const COPY = 0.9;
const SAME_TEXT = 0.5;
const OTHER_TEXT = 0.35;
/** Shingles. A text of 40 is some three lines; one of 120 is no boilerplate intro any more. */
const SOME_TEXT = 40;
const LONG_TEXT = 120;
/** A text no board has cut, nearly unchanged: one job even where its title is told at another length. */
const WHOLE_TEXT = 80;
const WHOLE_COPY = 0.93;
/** A cut copy is much shorter; only its beginning, often the same for all jobs of a company, can be compared. */
const CUT_RATIO = 2;
/** Words a title must have to stand for one opening at an employer without any help from text or place. */
const TELLING_TITLE = 3;

export const compare = (a: DedupFacts, b: DedupFacts): DedupDecision => compareProfiles(profileOf(a), profileOf(b));

/** Address, then fingerprint, then resemblance; what speaks against comes before each of the last two. */
export function compareProfiles(a: DedupProfile, b: DedupProfile): DedupDecision {
  const byUrl = compareAddresses(a, b);
  if (byUrl) return byUrl;

  const location = relateLocations(a.location, b.location);
  const veto = vetoOf(a, b, location);
  if (veto !== null) return { verdict: 'different', layer: null, score: 0, evidence: [veto] };
  const titles = titlesOf(a, b);
  if (titles === 'different' || titles === 'overlaps') {
    return { verdict: 'different', layer: null, score: 0, evidence: [`title: ${titles}`] };
  }
  const text = likenessOf(a.shingles, b.shingles);
  const evidence = [`title: ${titles}`, `place: ${location}`, describeText(text)];
  const hasText = text.size >= SOME_TEXT;

  if (a.fingerprint === b.fingerprint) {
    // Employers do open two different jobs under one title in one city; the texts tell.
    if (hasText && text.containment < SAME_TEXT) {
      return { verdict: 'unsure', layer: 'fingerprint', score: 0.5, evidence: [...evidence, 'text: speaks against'] };
    }
    return { verdict: 'duplicate', layer: 'fingerprint', score: hasText ? 0.95 : 0.85, evidence };
  }
  return compareNear(a, b, { titles, location, text, evidence });
}

/** Boards append the place to the title: its words do not count. */
const titlesOf = (a: DedupProfile, b: DedupProfile): TitleRelation =>
  relateTitles(a.title, b.title, new Set([...a.location.words, ...b.location.words]));

function compareAddresses(a: DedupProfile, b: DedupProfile): DedupDecision | null {
  const layer = 'url';
  if (a.facts.source === b.facts.source && a.facts.sourceId === b.facts.sourceId) {
    return { verdict: 'duplicate', layer, score: 1, evidence: ['id: the same at the same source'] };
  }
  const shared = a.requisitions.find((requisition) => b.requisitions.includes(requisition));
  if (shared !== undefined) return { verdict: 'duplicate', layer, score: 1, evidence: [`requisition: ${shared}`] };
  for (const left of a.requisitions) {
    // One hiring system, two numbers: the employer himself keeps them apart.
    const right = b.requisitions.find((requisition) => platform(requisition) === platform(left));
    if (right !== undefined) {
      return { verdict: 'different', layer, score: 0, evidence: [`requisition: ${left} and ${right}`] };
    }
  }
  const url = a.facts.canonicalUrls.find((address) => b.facts.canonicalUrls.includes(address));
  if (url === undefined) return null;
  const titles = titlesOf(a, b);
  const evidence = [`url: ${url}`, `title: ${titles}`];
  // A careers page that lists everything under one address.
  if (titles === 'different') return { verdict: 'unsure', layer, score: 0.5, evidence };
  return { verdict: 'duplicate', layer, score: 1, evidence };
}

const platform = (requisition: string): string => requisition.slice(0, requisition.indexOf(':'));

function vetoOf(a: DedupProfile, b: DedupProfile, location: LocationRelation): string | null {
  const differs = (left: readonly string[], right: readonly string[]): boolean => left.join() !== right.join();
  if (location === 'different') return `place: ${describePlace(a)} and ${describePlace(b)}`;
  if (differs(a.title.levels, b.title.levels)) {
    return `level: ${a.title.levels.join(' ') || 'none'} and ${b.title.levels.join(' ') || 'none'}`;
  }
  if (!isPartOf(a.title.stack, b.title.stack) && !isPartOf(b.title.stack, a.title.stack)) {
    return `stack: ${a.title.stack.join(', ')} and ${b.title.stack.join(', ')}`;
  }
  const [left, right] = [a.title.requisitions, b.title.requisitions];
  if (left.length > 0 && right.length > 0 && !left.some((one) => right.includes(one))) {
    return `requisition: ${left.join()} and ${right.join()}`;
  }
  return null;
}

const isPartOf = (part: readonly string[], whole: readonly string[]): boolean =>
  part.every((one) => whole.includes(one));

/** One title names a skill that the other leaves out. One that names none at all says nothing about it. */
const namesMore = ({ title: { stack: left } }: DedupProfile, { title: { stack: right } }: DedupProfile): boolean =>
  left.length > 0 && right.length > 0 && left.length !== right.length;

/** Boards that cut a text after so many characters leave what all jobs of an employer begin with. */
const endsWhole = ({ facts }: DedupProfile): boolean =>
  /(?<!\.\.)[.!?)]["'”»]?\s*$/.test(facts.descriptionText.slice(-8));

interface Findings {
  titles: TitleRelation;
  location: LocationRelation;
  text: TextLikeness;
  evidence: string[];
}

function compareNear(
  a: DedupProfile,
  b: DedupProfile,
  { titles, location, text, evidence: found }: Findings,
): DedupDecision {
  const company = relateCompanies(a.company, b.company);
  const evidence = [`company: ${company}`, ...found];
  const layer = 'near';
  const decide = (verdict: DedupDecision['verdict'], score: number): DedupDecision => ({
    verdict,
    layer,
    score,
    evidence,
  });
  const isCopy = text.size >= LONG_TEXT && text.containment >= COPY && text.ratio <= CUT_RATIO;

  if (company !== 'same') {
    // Two names of one employer: the very same text for the very same job in the very same place.
    if (titles === 'same' && !namesMore(a, b) && location === 'same' && isCopy)
      return decide('duplicate', company === 'related' ? 0.85 : 0.8);
    return decide(company === 'related' && isCopy ? 'unsure' : 'different', 0.3);
  }
  if (titles !== 'same' || namesMore(a, b)) {
    // "… – Sales Tech" beside the bare title is usually another team; only a whole copy in one place is the same job.
    const isWhole = endsWhole(a) && endsWhole(b) && text.size >= WHOLE_TEXT && text.containment >= WHOLE_COPY;
    return isWhole && text.ratio <= CUT_RATIO && location === 'same' && a.location.places.length > 0
      ? decide('duplicate', 0.85)
      : decide(titles === 'includes' ? 'different' : 'unsure', 0.4);
  }
  if (text.size >= SOME_TEXT) {
    if (text.containment >= SAME_TEXT) return decide('duplicate', 0.6 + 0.35 * text.containment);
    return decide(text.containment < OTHER_TEXT ? 'different' : 'unsure', 0.4);
  }
  // One board says "Remote", the other where. Employers open one title in many places, so without a text this is a
  // guess; a caller who knows that only one opening of the employer has this title may take it.
  const telling = Math.min(a.title.core.length, b.title.core.length) >= TELLING_TITLE;
  if (location === 'same') return decide('duplicate', 0.8);
  return telling && location === 'within' ? decide('duplicate', 0.72) : decide('unsure', telling ? 0.7 : 0.5);
}

const describeText = ({ size, containment }: TextLikeness): string =>
  size < SOME_TEXT ? 'text: too little to compare' : `text: ${Math.round(containment * 100)} % shared`;

const describePlace = ({ facts, location }: DedupProfile): string =>
  location.places.map((place) => place.city ?? place.subdivision ?? place.country ?? place.region).join('/') ||
  (facts.locationText ?? 'unknown');
