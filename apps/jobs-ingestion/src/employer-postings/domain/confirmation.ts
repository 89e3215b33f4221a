/** A company an employer may speak for, by the key postings are compared by. */
export interface Grant {
  company_key: string;
  /** Where his postings for it send people to apply, or below it; null: anywhere. */
  domain: string | null;
}

export interface Said {
  companyKey: string;
  url: string | null;
}

/**
 * Whether he speaks for the company his posting names, and for the one the source of the same opening names (null: no
 * source shows it): an address or a number can join openings of two companies. An address proves nothing, since anybody
 * can write any; so a domain only takes away: who sends people elsewhere is not confirmed.
 */
export function isConfirmed(grants: readonly Grant[], said: Said, sourcesCompanyKey: string | null): boolean {
  const covers = (key: string): boolean =>
    grants.some(({ company_key, domain }) => company_key === key && leadsTo(domain, said.url));
  return covers(said.companyKey) && (sourcesCompanyKey === null || covers(sourcesCompanyKey));
}

function leadsTo(domain: string | null, url: string | null): boolean {
  if (domain === null || url === null) return true;
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname.replace(/\.$/, '');
  return host === domain || host.endsWith(`.${domain}`);
}

/** Of what one employer says of an opening. */
export interface Voice {
  /** Grows with time. */
  id: string;
  confirmed: boolean;
  speaks: boolean;
  /** His day has passed. */
  isOver: boolean;
}

/**
 * Whose words the opening has; null: those of its source. Where there are no others, whoever has them keeps them.
 * Otherwise it is, of those who are confirmed, who published first, however it came about.
 */
export function speakerOf<V extends Voice>(voices: readonly V[], hasSourcesWords: boolean): V | null {
  if (!hasSourcesWords) return voices.find(({ speaks }) => speaks) ?? null;
  const able = voices.filter(({ confirmed, speaks, isOver }) => confirmed && (speaks || !isOver));
  return able.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0] ?? null;
}
