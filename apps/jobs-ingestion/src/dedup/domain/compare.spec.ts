import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { companyName, relateCompanies } from '#kernel';
import { canonicalUrl } from '../../normalise/domain/canonical-url.js';
import { compare, type DedupDecision } from './compare.js';
import { jobTitle } from './job-title.js';
import { blockingKeysOf, profileOf, type DedupFacts } from './profile.js';

let sequence = 0;
const posting = (facts: Partial<DedupFacts> & { url?: string }): DedupFacts => {
  const url = canonicalUrl(facts.url);
  return {
    source: 'one',
    sourceId: String(++sequence),
    title: 'Data Scientist',
    company: 'Northwind GmbH',
    locationText: 'Berlin, Germany',
    statedCountry: null,
    canonicalUrls: url === null ? [] : [url],
    descriptionText: '',
    ...facts,
  };
};
const verdict = (a: Parameters<typeof posting>[0], b: Parameters<typeof posting>[0]): DedupDecision['verdict'] =>
  compare(posting(a), posting({ source: 'two', ...b })).verdict;

/** Sentences that only a text of the same topic shares. */
const prose = (topic: string, sentences = 40): string =>
  Array.from(
    { length: sentences },
    (_, index) => `Our ${topic}${index} crew looks after ${topic} number ${index * 13}.`,
  ).join(' ');

describe('comparing two postings', () => {
  it.each([
    ['Backend Engineer (Java)', 'Backend Engineer (Python)'],
    ['C++ Developer', 'C# Developer'],
    ['Go Developer', 'R Developer'],
    ['Data Scientist II', 'Data Scientist III'],
    ['Software Engineer I', 'Software Engineer II'],
    ['Senior Data Engineer', 'Junior Data Engineer'],
    ['Data Engineer', 'Senior Data Engineer'],
    ['Staff Engineer', 'Senior Staff Engineer'],
    ['iOS Engineer - Subscriptions', 'Android Engineer - Subscriptions'],
    ['Backend Engineer (Card)', 'Backend Engineer (Fraud)'],
    ['Warehouse Operator - 1st Shift', 'Warehouse Operator - 2nd Shift'],
    ['Data Analyst (REQ10021)', 'Data Analyst (REQ10022)'],
  ])('keeps "%s" and "%s" apart, even with one text', (left, right) => {
    const descriptionText = prose('shared');
    expect(verdict({ title: left, descriptionText }, { title: right, descriptionText })).toBe('different');
  });

  it.each([
    ['Data Scientist m/w/d', 'Data Scientist'],
    ['Data Scientist (f/m/x)', 'Data Scientist (m/w/d)'],
    ['Sr. Data Scientist', 'Senior Data Scientist'],
    ['Front-end Developer', 'Frontend Developer'],
    ['Full Stack Engineer', 'Fullstack Engineer'],
    ['Software Engineer', 'Software Developer'],
    ['Data Scientist - Berlin', 'Data Scientist'],
    ['Data Scientist (Remote, full-time)', 'Data Scientist'],
    ['R&amp;D Engineer', 'R&D Engineer'],
    ['Security Governance Analyst', 'Security Governanace Analyst'],
  ])('takes "%s" and "%s" of one employer in one city for one job', (left, right) => {
    expect(verdict({ title: left }, { title: right })).toBe('duplicate');
  });

  it.each([
    ['Société Générale SA', 'Societe Generale'],
    ['N26', 'N26 Bank AG'],
    ['Zalando SE', 'Zalando'],
    ['Amazon', 'Amazon.com, Inc.'],
    ['Müller & Söhne GmbH & Co. KG', 'Muller & Sohne'],
    ['Granat Automatyka Sp. z o.o.', 'Granat Automatyka'],
    ['Klinikum Ziegelhof gGmbH', 'Klinikum Ziegelhof'],
  ])('takes "%s" and "%s" for one employer', (left, right) => {
    expect(verdict({ company: left }, { company: right })).toBe('duplicate');
  });

  it.each([
    ['München', 'Munich, Germany', 'duplicate'],
    ['Berlin', 'Berlin, DE', 'duplicate'],
    ['Tallinn', 'Berlin', 'different'],
    ['Remote - Poland', 'Remote - Spain', 'different'],
    ['Remote - Ontario, Canada', 'Remote - Alberta, Canada', 'different'],
    ['Remote - EMEA', 'Singapore', 'different'],
    ['Molbergen', 'Lietzow', 'different'],
    ['Molbergen', 'Molbergen', 'duplicate'],
    ['Molbergen', 'Molbergen, Germany', 'duplicate'],
    ['Remote', 'Remote - Poland', 'unsure'],
  ] as const)('place "%s" against "%s": %s', (left, right, expected) => {
    expect(verdict({ locationText: left }, { locationText: right })).toBe(expected);
  });

  it('reads the place a board hides in front of the text', () => {
    const hidden = {
      locationText: 'Anywhere in the World',
      descriptionText: 'Headquarters: Remote - Brazil We build boats.',
    };
    expect(verdict(hidden, { locationText: 'Remote - Brazil' })).toBe('duplicate');
    expect(verdict(hidden, { locationText: 'Remote - Portugal' })).toBe('different');
  });

  it('keeps postings apart that differ in an identity parameter, also in other cities', () => {
    const page = (key: number) => ({ url: `https://jobs.example.com/viewjob?jk=${key}` });
    expect(verdict(page(1), { ...page(2), locationText: 'Tallinn' })).toBe('different');
    const board = (id: number) => ({ url: `https://careers.example.com/jobs?gh_jid=${id}` });
    expect(verdict(board(40001), board(40002))).toBe('different');
  });

  it('joins one address with different tracking, and one requisition on two sites', () => {
    expect(
      verdict(
        { url: 'https://jobs.example.com/viewjob?jk=1&utm_source=x', locationText: 'Remote' },
        { url: 'http://www.jobs.example.com/viewjob?ref=mail&jk=1' },
      ),
    ).toBe('duplicate');
    expect(
      compare(
        posting({ url: 'https://careers.example.com/positions/4400001?gh_jid=4400001', title: 'AI Engineer' }),
        posting({ url: 'https://job-boards.greenhouse.io/northwind/jobs/4400001', title: 'Senior AI Engineer' }),
      ),
    ).toMatchObject({ verdict: 'duplicate', layer: 'url', evidence: ['requisition: greenhouse:4400001'] });
  });

  it('is unsure about unrelated titles under one address', () => {
    const url = 'https://example.com/careers';
    expect(verdict({ url, title: 'Pastry Cook' }, { url, title: 'Bus Driver' })).toBe('unsure');
  });

  it('does not join one title in one city when the texts describe other work', () => {
    expect(verdict({ descriptionText: prose('river') }, { descriptionText: prose('mountain') })).toBe('unsure');
  });

  it('finds a cut copy on another board, and the same ad under another name of the employer', () => {
    const text = prose('harbour', 60);
    expect(verdict({ descriptionText: text }, { descriptionText: text.slice(0, 800), locationText: 'Germany' })).toBe(
      'duplicate',
    );
    expect(verdict({ descriptionText: text, company: 'Fjord' }, { descriptionText: text, company: 'Fabrikam' })).toBe(
      'duplicate',
    );
    expect(
      verdict({ descriptionText: prose('a'), company: 'Fjord' }, { descriptionText: prose('b'), company: 'Fabrikam' }),
    ).toBe('different');
  });

  it.each([
    ['Applied AI Engineer (LLM)', 'Applied AI Engineer'],
    ['Platform Engineer (Kubernetes, GitLab)', 'Platform Engineer'],
    ['PKI / Cryptography Engineer', 'PKI Engineer'],
    ['iOS Engineer (Swift)', 'Swift Developer (iOS)'],
    ['Intern Robotics / ROS 2', 'Intern Robotics'],
  ])('takes "%s" and "%s" for one job only where one whole text stands for both', (left, right) => {
    const descriptionText = prose('shared');
    expect(verdict({ title: left, descriptionText }, { title: right, descriptionText })).toBe('duplicate');
    const cut = descriptionText.slice(0, 800);
    expect(verdict({ title: left, descriptionText: cut }, { title: right, descriptionText: cut })).not.toBe(
      'duplicate',
    );
    expect(verdict({ title: left }, { title: right })).not.toBe('duplicate');
  });

  it('says why', () => {
    expect(compare(posting({ title: 'Junior Analyst' }), posting({ title: 'Senior Analyst' })).evidence).toEqual([
      'level: junior and senior',
    ]);
  });

  it('answers the same whichever way round', () => {
    const facts = fc.record({
      title: fc.constantFrom('Data Scientist', 'Senior Data Scientist', 'Data Scientist II', 'Baker', ''),
      company: fc.constantFrom('Northwind GmbH', 'Northwind', 'Contoso', ''),
      locationText: fc.constantFrom(null, 'Berlin', 'Remote', 'Paris; Lyon', 'Anywhere'),
      descriptionText: fc.constantFrom('', prose('x', 5), prose('x'), prose('y')),
      url: fc.constantFrom(undefined, 'https://a.example/1', 'https://a.example/2?gh_jid=12345'),
    });
    fc.assert(
      fc.property(facts, facts, (left, right) => {
        const [a, b] = [posting(left), posting(right)];
        expect(compare(a, b).verdict).toBe(compare(b, a).verdict);
        expect(compare(a, a).verdict).toBe('duplicate');
      }),
    );
  });
});

describe('blocking', () => {
  const keysOf = (facts: Parameters<typeof posting>[0]): string[] => blockingKeysOf(profileOf(posting(facts)));
  const share = (a: string[], b: string[]): boolean => a.some((key) => b.includes(key));

  it('brings together what should be compared', () => {
    const text = prose('harbour', 60);
    expect(
      share(
        keysOf({ title: 'Sr. Data Scientist (m/w/d)' }),
        keysOf({ title: 'Senior Data Scientist', company: 'Northwind' }),
      ),
    ).toBe(true);
    expect(
      share(
        keysOf({ descriptionText: text, company: 'A' }),
        keysOf({ descriptionText: `${text} Apply!`, company: 'B' }),
      ),
    ).toBe(true);
  });

  it('keeps the rest apart and stays small', () => {
    const left = keysOf({ descriptionText: prose('river'), title: 'Baker' });
    expect(share(left, keysOf({ descriptionText: prose('mountain'), title: 'Driver' }))).toBe(false);
    expect(left.length).toBeLessThanOrEqual(12);
    expect(left.every((key) => key.length <= 120)).toBe(true);
  });

  it('gives equal fingerprints for spellings of one opening only', () => {
    const of = (facts: Parameters<typeof posting>[0]): string => profileOf(posting(facts)).fingerprint;
    expect(of({ title: 'Data Scientist (m/w/d)', company: 'NORTHWIND' })).toBe(of({ locationText: 'Berlin' }));
    expect(of({})).not.toBe(of({ locationText: 'Hamburg' }));
    expect(of({})).not.toBe(of({ title: 'Data Scientist II' }));
  });
});

describe('names and titles', () => {
  it('is idempotent on company names', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const { core } = companyName(name);
        expect(relateCompanies(companyName(core), companyName(name))).toBe('same');
      }),
    );
  });

  it('takes titles apart', () => {
    expect(jobTitle('Sr. Software Engineer II (Python) - JR0068574')).toEqual({
      core: ['developer', 'python'],
      levels: ['2', 'senior'],
      stack: ['Python'],
      requisitions: ['jr0068574'],
    });
  });
});
