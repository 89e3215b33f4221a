/** Say where a click came from, never which opening it is. Everything not listed may be identity and stays. */
const TRACKING =
  /^(?:utm_.+|ref|referrer|referer|gclid|gbraid|wbraid|fbclid|msclkid|dclid|yclid|igshid|mc_[ce]id|_hs(?:enc|mi)|gh_src|lever-(?:source|origin|via)(?:\[\])?|source|src|trk|trackingid|refid|si)$/i;

/** On these hosts the form behind a posting has its own path; both addresses are the same opening. */
const FORM_SUFFIX: readonly [host: RegExp, suffix: RegExp][] = [
  [/^jobs\.(?:eu\.)?lever\.co$/, /\/apply$/],
  [/^jobs\.ashbyhq\.com$/, /\/application$/],
];

export function parseHttpUrl(value: unknown): URL | null {
  if (typeof value !== 'string' || value.length > 4_000) return null;
  try {
    const url = new URL(value.trim());
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname.includes('.') ? url : null;
  } catch {
    return null;
  }
}

/**
 * The address that tells one opening from another: https, host lower case without `www.`, path with its case, the
 * query sorted without tracking. A key for comparing, not a link to send people to.
 */
export function canonicalUrl(value: unknown): string | null {
  const url = parseHttpUrl(value);
  if (!url) return null;
  const host = url.hostname.replace(/\.+$/, '').replace(/^(?:www\.)+(?=[^.]+\.)/, '');
  if (!host.includes('.')) return null;
  const port = url.port === '' || url.port === '80' || url.port === '443' ? '' : `:${url.port}`;
  let path = url.pathname.replace(/\/{2,}/g, '/').replace(/\/+$/, '');
  for (const [hosts, suffix] of FORM_SUFFIX) if (hosts.test(host)) path = path.replace(suffix, '');
  const query = canonicalQuery(url.searchParams);
  // "#/jobs/17" is how single-page sites address an opening; any other fragment is a place on the page.
  const fragment = /^#!?\/./.test(url.hash) ? url.hash : '';
  return `https://${host}${port}${path}${query === '' ? '' : `?${query}`}${fragment}`;
}

function canonicalQuery(params: URLSearchParams): string {
  const kept = new Map<string, [string, string]>();
  for (const [name, value] of params) {
    if (!TRACKING.test(name) && value !== '') kept.set(`${name}=${value}`, [name, value]);
  }
  const sorted = [...kept].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, pair]) => pair);
  return new URLSearchParams(sorted).toString();
}

const REQUISITION: readonly [platform: string, pattern: RegExp][] = [
  ['greenhouse', /[?&]gh_jid=(\d{4,})/],
  ['greenhouse', /^https:\/\/(?:job-)?boards(?:\.eu)?\.greenhouse\.io\/[^/]+\/jobs\/(\d{4,})/],
  ['lever', /^https:\/\/jobs\.(?:eu\.)?lever\.co\/[^/]+\/([0-9a-f-]{36})/],
  ['ashby', /^https:\/\/jobs\.ashbyhq\.com\/[^/]+\/([0-9a-f-]{36})/],
  ['smartrecruiters', /^https:\/\/jobs\.smartrecruiters\.com\/[^/]+\/(\d{9,})/],
  ['workable', /^https:\/\/apply\.workable\.com\/(?:[^/]+\/)?j\/([0-9A-F]{8,})/],
  // The number behind the last dash counts how often it was published again.
  ['workday', /^https:\/\/[^/]+\.myworkdayjobs\.com\/.*_([A-Z0-9]*-?\d{4,})(?:-\d{1,2})?$/],
  ['recruitee', /^https:\/\/([^/]+\/o\/[^/?]+)/],
  ['personio', /^https:\/\/[^/]+\.jobs\.personio\.(?:de|com)\/job\/(\d+)/],
  ['bamboohr', /^https:\/\/([^/]+\.bamboohr\.com\/careers\/\d+)/],
];

/**
 * Which requisition of which hiring system an address belongs to, e.g. `greenhouse:4400001`: the same number on the
 * company's own site, on the hosted board and on an aggregator is the same opening.
 */
export function requisitionOf(canonical: string | null): string | null {
  if (canonical === null) return null;
  for (const [platform, pattern] of REQUISITION) {
    const found = pattern.exec(canonical)?.[1];
    if (found !== undefined) return `${platform}:${found}`;
  }
  return null;
}
