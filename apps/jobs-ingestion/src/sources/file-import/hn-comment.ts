import type { ImportedPosting } from '#contracts';
import { parseInstant } from '../../normalise/domain/dates.js';
import { remoteModeOfLabel } from '../../normalise/domain/remote-mode.js';
import { cleanLine } from '../../normalise/domain/text.js';
import { describe } from '../../normalise/html.js';
import { readPlaces } from '../../places/domain/place.js';
import { asLine, asText, type JsonObject } from '../shared/json.js';

/** A comment of the monthly "Who is hiring?" thread, as the Hacker News API gives it. */
export const isHnComment = (record: JsonObject): boolean =>
  record['type'] === 'comment' && typeof record['text'] === 'string' && 'time' in record;

const ROLE =
  /\b(?:engineers?|developers?|designers?|scientists?|managers?|analysts?|architects?|researchers?|leads?|swe|sre|devops|founding|full[- ]?stack|front[- ]?end|back[- ]?end|product|sales|marketing|intern(?:ship)?s?|multiple (?:roles|positions)|various roles|head of|director|cto|programmers?|consultants?|operations|recruiters?|writers?|specialists?|technicians?)\b/i;
const NOT_A_PLACE =
  /^(?:full[- ]?time|part[- ]?time|contract(?:or)?|intern(?:s|ship)?|visa.*|no visa|https?:.*|www\..*|salary.*|[$€£].*|equity.*|onsite|on-site|remote|hybrid|multiple (?:roles|positions))$/i;

/**
 * The first line is `Company | Role | Location | …` in any order behind the company. A comment without bars is a reply
 * or a remark; one whose line names no role keeps the thread's general meaning as its title.
 */
export function hnPosting(record: JsonObject): ImportedPosting | string {
  const id = asLine(record['id'], 40);
  const text = asText(record['text']);
  if (id === null || text === null) return 'no id or text';
  const description = describe(`<p>${text}`);
  const [head = ''] = description.text.split('\n', 1);
  const segments = head.split(/\s*[|•]\s*/).filter((segment) => segment !== '');
  const company = cleanLine((segments[0] ?? '').replace(/\(?\s*https?:\/\/[^\s)]+\s*\)?/g, ''), 300);
  if (segments.length < 2 || company === null || company.length > 100)
    return 'no head line of the form Company | Role | Location';
  const rest = segments.slice(1);
  const role = rest.find((segment) => ROLE.test(segment) && segment.length <= 160);
  const place = rest.find(
    (segment) => segment !== role && !NOT_A_PLACE.test(segment) && readPlaces(segment).length > 0,
  );
  return {
    source: 'hn-who-is-hiring',
    source_id: id,
    title: cleanLine(role ?? 'Multiple roles', 500) ?? 'Multiple roles',
    company,
    location: cleanLine(place ?? rest.find((segment) => /\bremote\b/i.test(segment)) ?? '', 500),
    country: null,
    remote: remoteModeOfLabel(rest.join(' | ')),
    description: description.html ?? description.text,
    url: `https://news.ycombinator.com/item?id=${id}`,
    posted_at: parseInstant(record['time']),
  };
}
