import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalUrl, requisitionOf } from './canonical-url.js';

describe('canonical addresses', () => {
  it.each([
    ['HTTP://WWW.Example.com/Jobs/42/?utm_source=x&utm_campaign=y#apply', 'https://example.com/Jobs/42'],
    ['https://example.com/viewjob?jk=1&ref=mail', 'https://example.com/viewjob?jk=1'],
    ['https://example.com/job?b=2&a=1', 'https://example.com/job?a=1&b=2'],
    ['https://example.com/job?gh_jid=7&gh_jid=7&gh_src=abc', 'https://example.com/job?gh_jid=7'],
    ['https://jobs.lever.co/northwind/3f0c/apply?lever-source=LinkedIn', 'https://jobs.lever.co/northwind/3f0c'],
    ['https://jobs.ashbyhq.com/northwind/3f0c/application', 'https://jobs.ashbyhq.com/northwind/3f0c'],
    ['https://example.com/#/jobs/17', 'https://example.com#/jobs/17'],
    ['https://user:secret@example.com:443/a//b/', 'https://example.com/a/b'],
    ['https://example.com./a', 'https://example.com/a'],
  ])('%s', (address, expected) => {
    expect(canonicalUrl(address)).toBe(expected);
  });

  it.each([
    ['javascript:alert(1)'],
    ['not a url'],
    [''],
    [null],
    [42],
    ['ftp://example.com/a'],
    ['https://localhost/a'],
  ])('refuses %s', (address) => {
    expect(canonicalUrl(address)).toBeNull();
  });

  it('keeps identity: another parameter value is another address', () => {
    expect(canonicalUrl('https://example.com/viewjob?jk=1')).not.toBe(canonicalUrl('https://example.com/viewjob?jk=2'));
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (address) => {
        const once = canonicalUrl(address);
        if (once !== null) expect(canonicalUrl(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('does not care about tracking parameters and their order', () => {
    const tracking = fc.constantFrom('utm_source=a', 'ref=b', 'gclid=c', 'gh_src=d', 'source=e', 'lever-source=f');
    fc.assert(
      fc.property(fc.webUrl(), fc.array(tracking), (address, extra) => {
        expect(canonicalUrl(`${address}?${extra.join('&')}`)).toBe(canonicalUrl(address));
      }),
    );
  });

  it.each([
    ['https://job-boards.greenhouse.io/northwind/jobs/4400001', 'greenhouse:4400001'],
    ['https://example.com/careers/4400001?gh_jid=4400001', 'greenhouse:4400001'],
    [
      'https://jobs.lever.co/northwind/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      'lever:aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    ],
    ['https://northwind.wd5.myworkdayjobs.com/Ext/job/Pune/Engineer_R170239-1', 'workday:R170239'],
    ['https://example.com/job/1', null],
    [null, null],
  ])('reads the requisition of %s', (address, expected) => {
    expect(requisitionOf(address)).toBe(expected);
  });
});
