import { createHash } from 'node:crypto';
import type { ImportedPosting } from '#contracts';
import { canonicalUrl } from '../../normalise/domain/canonical-url.js';
import { parseInstant } from '../../normalise/domain/dates.js';
import { employmentTypeOf } from '../../normalise/domain/employment-type.js';
import { cleanLine, decodeEntities } from '../../normalise/domain/text.js';
import { remoteModeOfLabel } from '../../normalise/domain/remote-mode.js';
import { readCountry } from '../../places/domain/place.js';
import { parseSalary } from '../../salary/domain/parse-salary.js';
import { salaryPeriodOf, statedSalary } from '../../salary/domain/salary.js';
import { asArray, asBoolean, asLine, asLines, asNumber, asObject, asText, type JsonObject } from '../shared/json.js';
import { hnPosting, isHnComment } from './hn-comment.js';

/**
 * Fields of the own format come first in every list; the rest are names other exports use for the same thing. Names
 * are compared without case and underscores, so `jobTitle`, `job_title` and `Job Title` are one.
 */
const ALIASES = {
  source: ['source', 'platform', 'site', 'provider'],
  id: ['sourceid', 'id', 'jobid', 'guid', 'slug', 'uuid', 'reqid', 'requisitionid'],
  title: ['title', 'jobtitle', 'position', 'role', 'name', 'jobname'],
  company: ['company', 'companyname', 'employer', 'employername', 'organization', 'organisation', 'hiringorganization'],
  location: ['location', 'locations', 'joblocation', 'place', 'city', 'candidaterequiredlocation', 'joblocations'],
  country: ['country', 'countrycode', 'jobcountry'],
  description: [
    'description',
    'descriptionhtml',
    'jobdescription',
    'descriptionplain',
    'body',
    'content',
    'contents',
    'text',
    'details',
  ],
  url: [
    'url',
    'applyurl',
    'applicationurl',
    'joburl',
    'link',
    'hostedurl',
    'absoluteurl',
    'redirecturl',
    'applicationlink',
    'joblink',
  ],
  posted: [
    'postedat',
    'dateposted',
    'postedon',
    'publishedat',
    'publicationdate',
    'publisheddate',
    'createdat',
    'pubdate',
    'firstpublished',
    'posteddate',
    'date',
  ],
  expires: ['expiresat', 'validthrough', 'expirydate', 'deadline', 'applicationdeadline', 'closingdate'],
  employment: ['employmenttype', 'jobtype', 'jobtypes', 'type', 'commitment', 'contracttype', 'schedule'],
  level: ['experiencelevel', 'seniority', 'level', 'joblevel'],
  remote: ['remote', 'isremote', 'workplacetype', 'remoteoption', 'workmode', 'remotetype'],
  salaryMin: ['salarymin', 'minsalary', 'salaryfrom', 'annualsalarymin'],
  salaryMax: ['salarymax', 'maxsalary', 'salaryto', 'annualsalarymax'],
  salaryText: ['salary', 'compensation', 'pay', 'salaryrange', 'salarytext'],
  currency: ['currency', 'salarycurrency', 'currencycode'],
  period: ['salaryperiod', 'salaryinterval', 'payperiod'],
  visa: ['visasponsorship', 'visa', 'sponsorship'],
  tags: ['tags', 'skills', 'techstack', 'keywords', 'technologies'],
} as const;

type Reader = (field: keyof typeof ALIASES) => unknown;

/** A record of any known shape in the import format, or why it is none. */
export function mapRecord(value: unknown, defaultSource: string): ImportedPosting | string {
  const record = asObject(value);
  if (record === null) return 'not an object';
  if (isHnComment(record)) return hnPosting(record);
  if (record['active'] === false || record['is_active'] === false) return 'no longer active';
  const read = readerOf(record);
  const title = named(read('title'), 500);
  if (title === null) return 'no title';
  const company = named(asObject(read('company'))?.['name'] ?? read('company'), 300);
  if (company === null) return 'no company';
  const location = locationOf(read('location'));
  const url = canonicalUrl(read('url')) === null ? null : asLine(read('url'), 2_000);
  return {
    source: sourceName(asLine(read('source'), 60), defaultSource),
    source_id: asLine(read('id'), 300) ?? derivedId(url, company, title, location),
    title,
    company,
    location,
    country: readCountry(asLine(read('country'), 60)),
    remote: remoteOf(read('remote')),
    employment_type: employmentTypeOf(asLine(read('employment'), 200), ...asLines(read('employment'), 80)),
    experience_level: asLine(read('level'), 80) ?? (asLines(read('level'), 40).join(', ').slice(0, 80) || null),
    description: asText(read('description'))?.slice(0, 200_000).replaceAll('\u0000', ' ') ?? null,
    url,
    ...salaryOf(read),
    visa_sponsorship: visaOf(read('visa')),
    tags: tagsOf(read('tags')),
    posted_at: parseInstant(read('posted')),
    expires_at: parseInstant(read('expires')),
  };
}

function readerOf(record: JsonObject): Reader {
  const fields = new Map(
    Object.entries(record).map(([name, value]) => [name.toLowerCase().replace(/[_\s-]/g, ''), value]),
  );
  return (field) => {
    for (const alias of ALIASES[field]) {
      const value = fields.get(alias);
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return null;
  };
}

const named = (value: unknown, max: number): string | null => {
  const text = asText(value);
  return text === null ? null : cleanLine(decodeEntities(text.slice(0, max * 8)), max);
};

/** Lower case and stable: half of the natural key. */
const sourceName = (stated: string | null, fallback: string): string =>
  (stated ?? fallback).toLowerCase().replace(/\s+/g, '-').slice(0, 60);

/** Without an id the address is one; without an address, what names the opening. The same file again finds the same. */
const derivedId = (url: string | null, company: string, title: string, location: string | null): string =>
  createHash('sha1')
    .update(canonicalUrl(url) ?? [company, title, location].join('\u0001'))
    .digest('hex');

function locationOf(value: unknown): string | null {
  const list = asArray(value);
  if (list === null) return asLine(value, 500) ?? asLine(asObject(value)?.['name'], 500);
  const names = list.map((one) => asLine(one, 200) ?? asLine(asObject(one)?.['name'], 200));
  return cleanLine(names.filter((name) => name !== null).join('; '), 500);
}

function remoteOf(value: unknown): ImportedPosting['remote'] {
  const flag = asBoolean(value);
  // "false" is what exports write for "not stated".
  if (flag !== null) return flag ? 'remote' : null;
  const label = asLine(value, 80);
  return label === null || /^(?:false|no|0|unspecified)$/i.test(label)
    ? null
    : /^(?:true|yes|1)$/i.test(label)
      ? 'remote'
      : remoteModeOfLabel(label);
}

function salaryOf(read: Reader): Pick<ImportedPosting, 'salary_min' | 'salary_max' | 'currency' | 'salary_period'> {
  const text = asLine(read('salaryText'), 300);
  const salary =
    statedSalary({
      min: asNumber(read('salaryMin')),
      max: asNumber(read('salaryMax')),
      currency: asLine(read('currency'), 3),
      period: salaryPeriodOf(asLine(read('period'), 40)),
    }) ?? (text === null ? null : parseSalary(text));
  return {
    salary_min: salary?.min ?? null,
    salary_max: salary?.max ?? null,
    currency: salary?.currency ?? null,
    salary_period: salary?.period ?? null,
  };
}

/** "Offers Sponsorship", "Does Not Offer Sponsorship", true, "no"; "Other" and silence are null. */
function visaOf(value: unknown): boolean | null {
  const flag = asBoolean(value);
  if (flag !== null) return flag;
  const label = asLine(value, 80)?.toLowerCase() ?? '';
  if (/^(?:true|yes|1|offers? sponsorship|available)$/.test(label)) return true;
  return /^(?:false|no|0|does not offer sponsorship|not available|.*citizenship is required)$/.test(label)
    ? false
    : null;
}

function tagsOf(value: unknown): string[] {
  const list = asArray(value) ?? asText(value)?.split(/[,;|]/) ?? [];
  return [...new Set(list.map((tag) => asLine(tag, 80)).filter((tag) => tag !== null))].slice(0, 60);
}
