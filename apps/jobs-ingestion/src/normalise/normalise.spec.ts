import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold, foldInPlace } from '#kernel';
import { parseInstant } from './domain/dates.js';
import { employmentTypeOf } from './domain/employment-type.js';
import { experienceLevelOf } from './domain/experience-level.js';
import { detectLanguage } from './domain/language.js';
import { remoteModeOfLabel, remoteModeOfText } from './domain/remote-mode.js';
import { cleanLine, cleanText, decodeEntities } from './domain/text.js';
import { describe as describeHtml, sanitise, textOf } from './html.js';

describe('dates', () => {
  it.each([
    [1763510400, '2025-11-19T00:00:00.000Z'],
    [1763510400000, '2025-11-19T00:00:00.000Z'],
    ['1763510400', '2025-11-19T00:00:00.000Z'],
    ['2026-07-28T14:23:05', '2026-07-28T14:23:05.000Z'],
    ['2026-11-03 09:00:00 UTC', '2026-11-03T09:00:00.000Z'],
    ['2026-11-02T04:00:00-05:00', '2026-11-02T09:00:00.000Z'],
    ['2026-10-01', '2026-10-01T00:00:00.000Z'],
    ['Fri, 24 Jul 2026 07:00:48 +0000', '2026-07-24T07:00:48.000Z'],
    ['2 days ago', null],
    ['2026-13-45', null],
    ['1999-12-31', null],
    [946684799, null],
    [0, null],
    [Number.NaN, null],
    ['', null],
    [null, null],
    [{}, null],
    ['9999-01-01T00:00:00Z', null],
  ])('%j is %s', (value, expected) => {
    expect(parseInstant(value)).toBe(expected);
  });

  it('answers only instants between 2000 and 2100', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer(), fc.string(), fc.date().map(String)), (value) => {
        const instant = parseInstant(value);
        if (instant !== null) expect(Number(instant.slice(0, 4))).toBeGreaterThanOrEqual(2000);
        if (instant !== null) expect(Number(instant.slice(0, 4))).toBeLessThanOrEqual(2100);
      }),
    );
  });
});

describe('words of sources', () => {
  it.each([
    ['Full-time', 'full_time'],
    ['FULLTIME', 'full_time'],
    ['Vollzeit', 'full_time'],
    ['full_time', 'full_time'],
    ['Teilzeit', 'part_time'],
    ['Internship (full-time)', 'internship'],
    ['Freelance', 'contract'],
    ['Permanent', null],
    ['berufserfahren', null],
    ['', null],
  ])('employment "%s" is %s', (word, type) => {
    expect(employmentTypeOf(word)).toBe(type);
  });

  it.each([
    ['Senior Staff Engineer', null, 'staff'],
    ['Sr. Engineer', 'Entry Level', 'senior'],
    ['Engineer', 'Senior Level', 'senior'],
    ['Engineer', 'professional / experienced', 'mid'],
    ['Head of Data', null, 'director'],
    ['Engineering Manager', null, 'manager'],
    ['Werkstudent Marketing', null, 'internship'],
    ['Staff Accountant', null, null],
    ['Leadership Coach', null, null],
    ['Engineer', null, null],
  ])('level of "%s" with hint %j is %s', (title, hint, level) => {
    expect(experienceLevelOf(title, hint)).toBe(level);
  });

  it.each([
    ['Remote - EU', 'remote'],
    ['Hybrid (Remote 2 days)', 'hybrid'],
    ['Berlin (on-site)', 'onsite'],
    ['Not remote', 'onsite'],
    ['Berlin', null],
    ['', null],
  ])('label "%s" is %s', (label, mode) => {
    expect(remoteModeOfLabel(label)).toBe(mode);
  });

  it.each([
    ['This is a fully remote position.', 'remote'],
    ['You work in a hybrid model.', 'hybrid'],
    ['Supports remote teams across the world.', null],
    ['You will operate remote sensing equipment.', null],
  ])('text "%s" is %s', (text, mode) => {
    expect(remoteModeOfText(foldInPlace(text))).toBe(mode);
  });
});

describe('language', () => {
  it.each([
    ['en', 'You will join the team that builds our platform, and you will work with people from all over the world.'],
    ['de', 'Du arbeitest mit uns an der Plattform und wirst Teil von einem Team, das die Dinge nicht nur verwaltet.'],
    [
      'fr',
      'Vous travaillez avec nous sur la plateforme et vous êtes dans une équipe qui aime les projets de ce genre.',
    ],
    ['es', 'Trabajarás con nosotros en la plataforma y formarás parte de un equipo que cuida los detalles de todo.'],
    ['nl', 'Je werkt met ons aan het platform en je bent deel van een team dat graag nieuwe dingen op zich neemt.'],
    [
      'it',
      'Lavorerai con noi sulla piattaforma e farai parte di un gruppo che cura i dettagli della vita del cliente.',
    ],
    ['pt', 'Você vai trabalhar com a nossa equipe em uma plataforma e fazer parte de um time que não para de crescer.'],
    [
      'pl',
      'Szukamy osoby do zespołu, która jest gotowa na nowe zadania oraz nie boi się pracy w dużym projekcie i z nami.',
    ],
    [
      'sv',
      'Du kommer att arbeta med oss på plattformen och vara en del av ett team som är bra på det som vi gör för dig.',
    ],
  ])('%s', (language, text) => {
    expect(detectLanguage(text)).toBe(language);
  });

  it('does not guess short, mixed or wordless text', () => {
    expect(detectLanguage('Hallo Welt')).toBeNull();
    expect(
      detectLanguage('TypeScript, React, Kubernetes, AWS, Terraform, Python, Go, Rust, Java, SQL, Git, Docker, Linux'),
    ).toBeNull();
    expect(detectLanguage('')).toBeNull();
  });
});

describe('text', () => {
  it('keeps every character at its offset when folding in place', () => {
    expect(foldInPlace('Ärzte’n\u00a0FÜR É–X İ')).toBe("arzte'n fur e-x i");
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldInPlace(text)).toHaveLength(text.length);
      }),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 1, max: 200 }), (text, max) => {
        const line = cleanLine(text, max);
        if (line !== null) expect(cleanLine(line, max)).toBe(line);
        const whole = cleanText(text, max);
        expect(cleanText(whole, max)).toBe(whole);
        expect(whole.length).toBeLessThanOrEqual(max);
        expect(fold(fold(text))).toBe(fold(text));
      }),
    );
  });

  it('decodes one level of escaping', () => {
    expect(decodeEntities('R&amp;D &lt;b&gt; &#8364;&#x41; &bogus; &amp;lt;')).toBe('R&D <b> €A &bogus; &lt;');
  });
});

describe('descriptions', () => {
  it('keeps structure and drops what runs', () => {
    const html =
      '<div style="x"><h2>Tasks</h2><ul><li>One<li>Two</ul><p onclick="a()">Text<br>more</p><style>p{}</style></div>';
    const safe = sanitise(html);
    expect(safe).not.toMatch(/style|onclick/);
    expect(textOf(safe)).toBe('Tasks\n\n- One\n\n- Two\n\nText\nmore');
  });

  it('leaves plain text as it is', () => {
    expect(describeHtml('5 < 6 and\n\nR&amp;D')).toEqual({ html: null, text: '5 < 6 and\n\nR&D' });
    expect(describeHtml(null)).toEqual({ html: null, text: '' });
  });

  it('no script survives, and sanitising again changes no word', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '<script>',
      '</script>',
      '<a href="javascript:x">',
      '<img onerror=x>',
      '&lt;',
      'text',
      '<li>',
      '<',
      '"',
      "'",
      '<svg/onload=x>',
      '<<b>',
    );
    const RUNS = /<script|<svg|<img|href="javascript/i;
    const wordsOf = (html: string) => textOf(html).split(/[\s-]+/);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const once = sanitise(pieces.join(''));
        const again = sanitise(once);
        expect(once).not.toMatch(RUNS);
        expect(again).not.toMatch(RUNS);
        // Words, not tags: an item left inside another because a forbidden tag stood between is closed the second time.
        expect(wordsOf(again)).toEqual(wordsOf(once));
      }),
    );
  });
});
