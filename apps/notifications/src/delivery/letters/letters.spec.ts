import { describe, expect, it } from '@jest/globals';
import { DELIVERY_KINDS, DELIVERY_VALUES, type DeliveryKind } from '#contracts';
import fc from 'fast-check';
import { IncompleteLetter, LANGUAGES, languageOf, letterFor } from './index.js';

const expiresAt = new Date('2026-11-20T10:10:00Z');
const names = (kind: DeliveryKind): string[] => [...DELIVERY_VALUES[kind].required, ...DELIVERY_VALUES[kind].optional];
const TIMES = new Set(['when', 'until']);
const sample = (name: string): string =>
  name === 'link'
    ? 'https://app.example/page#token=s3cret&x=1'
    : TIMES.has(name)
      ? '2026-11-20T10:00:00.000Z'
      : `the-${name}`;
const full = (kind: DeliveryKind): Record<string, string> =>
  Object.fromEntries(names(kind).map((name) => [name, sample(name)]));
const content = (values: Record<string, string>, language: string | null = null) => ({
  address: 'ada@example.com',
  language,
  values,
});
const cases = LANGUAGES.flatMap(({ tag }) => DELIVERY_KINDS.map((kind) => [tag, kind] as const));

describe('letters', () => {
  it.each(cases)('%s %s says all it was told, in text and in HTML', (tag, kind) => {
    const { subject, text, html } = letterFor(kind, content(full(kind), tag), expiresAt);
    expect(subject).toMatch(/^\S.{5,70}\S$/);
    expect(html).toContain(`<html lang="${tag}">`);
    for (const name of names(kind)) {
      // The link takes the place of the secret in it; the page shows the time in words.
      if (name === 'token' || TIMES.has(name)) continue;
      expect(text).toContain(sample(name));
      expect(html).toContain(sample(name).replaceAll('&', '&amp;'));
    }
    if (names(kind).some((name) => TIMES.has(name))) expect(text).toContain('2026');
    expect(text).not.toMatch(/undefined|null|\[object|NaN|Invalid Date/);
    expect(html).not.toMatch(/undefined|\[object|NaN/);
  });

  it.each(cases)('%s %s loads nothing from anywhere and runs nothing', (tag, kind) => {
    const { html } = letterFor(kind, content(full(kind), tag), expiresAt);
    expect(html).not.toMatch(/<(img|script|link|iframe|style|object|form|video|audio)|src=|url\(|@import|background=/i);
    expect([...html.matchAll(/href="([^"]*)"/g)].length).toBe(names(kind).includes('link') ? 1 : 0);
  });

  it.each(cases)('%s %s can do with the least it is sent', (tag, kind) => {
    const least = Object.fromEntries(DELIVERY_VALUES[kind].required.map((name) => [name, `the-${name}`]));
    const { text } = letterFor(kind, content(least, tag), null);
    for (const value of Object.values(least)) expect(text).toContain(value);
    expect(text).not.toMatch(/undefined|null|\n{3,}/);
  });

  it('speaks every kind in every language differently', () => {
    for (const kind of DELIVERY_KINDS) {
      const subjects = LANGUAGES.map(({ tag }) => letterFor(kind, content(full(kind), tag), null).subject);
      expect(new Set(subjects).size).toBe(LANGUAGES.length);
    }
  });

  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-ch', 'de'],
    ['fr', 'en'],
    ['', 'en'],
    [null, 'en'],
  ])('writes to somebody who reads %j in %j', (wanted, tag) => {
    expect(languageOf(wanted).tag).toBe(tag);
  });

  it('names the moment a code ends, in UTC', () => {
    expect(letterFor('sign_in_code', content({ code: '123456' }), expiresAt).text).toMatch(
      /November 20, 2026.*10:10:00 AM UTC/,
    );
    expect(letterFor('sign_in_code', content({ code: '123456' }, 'de'), expiresAt).text).toMatch(
      /20\. November 2026.*10:10:00 UTC/,
    );
  });

  it.each([
    ['en', 'an administrator', 'If this was not you'],
    ['de', 'jemand aus der Administration', 'Waren Sie das nicht'],
  ])('%s says of a second factor whether an admin took it away, or whoever is signed in', (tag, admin, suspicion) => {
    const byAdmin = letterFor('mfa_disabled', content({ by: 'admin' }, tag), null).text;
    const byOwner = letterFor('mfa_disabled', content({}, tag), null).text;
    expect(byAdmin).toContain(admin);
    expect(byAdmin).not.toContain(suspicion);
    expect(byOwner).toContain(suspicion);
    expect(byOwner).not.toMatch(/admin/i);
  });

  it.each([
    ['en', 'an administrator', 'You asked'],
    ['de', 'jemand aus der Administration', 'Sie haben'],
  ])('%s says of a new password whether an admin asked for it, or its owner', (tag, admin, owner) => {
    const byAdmin = letterFor('reset_password', content({ token: 't', by: 'admin' }, tag), null).text;
    const byOwner = letterFor('reset_password', content({ token: 't' }, tag), null).text;
    expect(byAdmin).toContain(admin);
    expect(byAdmin).not.toContain(owner);
    expect(byOwner).toContain(owner);
    expect(byOwner).not.toMatch(/admin/i);
  });

  it('shows the secret itself where there is no page that takes it', () => {
    expect(letterFor('reset_password', content({ token: 'abc-123' }), null).text).toContain('    abc-123');
  });

  it('is not written without what it needs', () => {
    for (const kind of DELIVERY_KINDS) {
      for (const name of DELIVERY_VALUES[kind].required) {
        const { [name]: _left, ...rest } = full(kind);
        expect([kind, _left]).toEqual([kind, sample(name)]);
        expect(() => letterFor(kind, content(rest), null)).toThrow(IncompleteLetter);
      }
    }
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not a link', 'file:///etc/passwd'])(
    'does not link to %s',
    (link) => {
      expect(() => letterFor('verify_email', content({ token: 't', link }), null)).toThrow(IncompleteLetter);
    },
  );

  it('shows whatever a device calls itself as text on one line', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constant('"><img src=x onerror=1>\n\nClick https://evil.example'),
    );
    fc.assert(
      fc.property(hostile, (device) => {
        const { text, html } = letterFor('password_changed', content({ device }), null);
        const plain = letterFor('password_changed', content({ device: 'x' }), null);
        expect(html.match(/</g)?.length).toBe(plain.html.match(/</g)?.length);
        expect(text.split('\n').length).toBe(plain.text.split('\n').length);
      }),
    );
  });
});
