import { foldInPlace } from '#kernel';
import { blockingKeysOf, companyKey, profileOf, titleKey } from '../dedup/domain/profile.js';
import { mainPlace, readPlaces } from '../places/domain/place.js';
import { parseSalary } from '../salary/domain/parse-salary.js';
import type { Salary } from '../salary/domain/salary.js';
import { extractSkills, type SkillName } from '../skills/domain/extract-skills.js';
import { visaVerdict } from '../visa/domain/visa-verdict.js';
import { canonicalUrl } from './domain/canonical-url.js';
import { experienceLevelOf } from './domain/experience-level.js';
import { detectLanguage } from './domain/language.js';
import type { EnrichedPosting, NormalisedPosting } from './domain/posting.js';
import { remoteModeOfLabel, remoteModeOfText } from './domain/remote-mode.js';

/** Running text beyond this repeats itself; remote work is stated in the first paragraphs or not at all. */
const REMOTE_TEXT = 6_000;

/** Everything that can be read from one posting. Pure: the same posting always gives the same answer. */
export function enrich(posting: NormalisedPosting): EnrichedPosting {
  const places = readPlaces(posting.locationText);
  const { city, country } = mainPlace(places, posting.statedCountry);
  const address = canonicalUrl(posting.applyUrl) ?? canonicalUrl(posting.listingUrl);
  // Folded once; the rules quote from the original by offset.
  const folded = foldInPlace(posting.descriptionText);
  const profile = profileOf(
    {
      source: posting.source,
      sourceId: posting.sourceId,
      title: posting.title,
      company: posting.company,
      locationText: posting.locationText,
      statedCountry: posting.statedCountry,
      canonicalUrls: address === null ? [] : [address],
      descriptionText: posting.descriptionText,
    },
    folded,
  );
  return {
    ...posting,
    canonicalUrl: address,
    remote: posting.remote ?? remoteOf(posting, folded),
    salary: posting.salary ?? salaryOf(posting, folded),
    language: posting.languageHint ?? detectLanguage(posting.descriptionText, folded),
    level: experienceLevelOf(posting.title, posting.levelHint),
    skills: skillsOf(posting, folded),
    places,
    city,
    country,
    visa: visaVerdict(posting.descriptionText, { sourceFlag: posting.visaFlag, folded }),
    companyKey: companyKey(profile),
    titleKey: titleKey(profile),
    fingerprint: profile.fingerprint,
    blockingKeys: blockingKeysOf(profile),
    dedup: profile,
  };
}

const remoteOf = ({ title, locationText }: NormalisedPosting, folded: string): EnrichedPosting['remote'] =>
  remoteModeOfLabel(locationText, title) ?? remoteModeOfText(folded.slice(0, REMOTE_TEXT));

const salaryOf = ({ salaryText, title, descriptionText }: NormalisedPosting, folded: string): Salary | null =>
  (salaryText === null ? null : parseSalary(salaryText)) ?? parseSalary(title) ?? parseSalary(descriptionText, folded);

/** Tags are the source's own skill list, title and text are the employer's; all three are read as one. */
function skillsOf({ title, tags, descriptionText }: NormalisedPosting, folded: string): SkillName[] {
  const head = `${title}\n${tags.join(', ')}\n`;
  return extractSkills(head + descriptionText, foldInPlace(head) + folded);
}
