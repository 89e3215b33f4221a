import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { VisaPolarity } from './rules/index.js';
import { visaVerdict } from './visa-verdict.js';

const polarities = (text: string): VisaPolarity[] => visaVerdict(text).evidence.map((one) => one.polarity);

describe('visa statements', () => {
  it.each([
    // English
    ['We sponsor visas and help you settle in.', 'yes'],
    ['Visa sponsorship is available for this position.', 'yes'],
    ['Benefits: free lunch, pension, visa sponsorship', 'yes'],
    ['Northwind | Backend Engineer | Oslo | VISA | Full-time', 'yes'],
    ['Relocation & visa support, great team', 'yes'],
    ['We offer H-1B transfers and green card processing.', 'yes'],
    ['We are happy to sponsor a work permit for you', 'yes'],
    ['Need a visa? We can sponsor visas for all engineers.', 'yes'],
    ['We not only sponsor your visa, we also pay the flight.', 'yes'],
    ["Don't worry about paperwork, we will sponsor your visa.", 'yes'],
    ['We do not sponsor visas.', 'no'],
    ['Unfortunately we are unable to offer visa sponsorship at this time.', 'no'],
    ['No visa sponsorship', 'no'],
    ['Visa sponsorship: not available', 'no'],
    ['Visa/relocation: No', 'no'],
    ['Applicants must be able to work in the UK without sponsorship.', 'no'],
    ['Northwind | Backend Engineer | Oslo | No Visa | Full-time', 'no'],
    ['Sponsorship is not available for this role', 'no'],
    ['You must have the right to work in Ireland.', 'no'],
    ['Candidates must be legally authorized to work in the United States.', 'no'],
    ['US citizenship required', 'no'],
    ['We may sponsor a visa in exceptional cases.', 'maybe'],
    ['Visa sponsorship may be possible for the right candidate', 'maybe'],
    ['Relocation assistance available.', 'unknown'],
    ['Will you now or in the future require visa sponsorship?', 'unknown'],
    ['At Visa we move money around the world.', 'unknown'],
    ['Accepts Visa, Mastercard and Amex.', 'unknown'],
    ['You will report to the executive sponsor of the project.', 'unknown'],
    ['We sponsor conferences and meetups.', 'unknown'],
    ['Company-sponsored health plan', 'unknown'],
    ['Track visa applications of our employees in the HR system.', 'unknown'],
    ['You are authorized to sign contracts.', 'unknown'],
    ['', 'unknown'],
    // German
    ['Wir unterstützen dich bei der Beantragung deines Visums.', 'yes'],
    ['Visa-Sponsoring möglich', 'yes'],
    ['Wir helfen Ihnen bei Visum und Wohnungssuche', 'yes'],
    ['Wir können leider kein Visum sponsern.', 'no'],
    ['Visa-Sponsoring ist leider nicht möglich.', 'no'],
    ['Ein Visumsponsoring können wir als kleines Unternehmen leider nicht anbieten.', 'no'],
    ['Gültige Arbeitserlaubnis für Deutschland erforderlich', 'no'],
    ['Wir übernehmen die Umzugskosten.', 'unknown'],
    // French
    ['Nous proposons le parrainage de visa.', 'yes'],
    ['Accompagnement pour votre visa et votre installation', 'yes'],
    ['Nous ne sponsorisons pas de visa.', 'no'],
    ['Pas de sponsoring de visa', 'no'],
    ['Vous devez être autorisé à travailler en France.', 'no'],
    ['Permis de travail valide exigé', 'no'],
    // Dutch
    ['Wij helpen je met je visum en huisvesting.', 'yes'],
    ['Kennismigranten zijn welkom', 'yes'],
    ['Wij bieden geen visumsponsoring aan.', 'no'],
    ['Geldige werkvergunning vereist', 'no'],
    // Spanish
    ['Ofrecemos patrocinio de visado.', 'yes'],
    ['Te ayudamos con el visado y la mudanza', 'yes'],
    ['No ofrecemos patrocinio de visa.', 'no'],
    ['Permiso de trabajo vigente en España', 'no'],
  ])('"%s" is %s', (text, verdict) => {
    expect(visaVerdict(text).verdict).toBe(verdict);
  });

  it('answers maybe, with both quotes, where a text contradicts itself', () => {
    const text = 'We offer visa sponsorship. For this role we cannot sponsor visas.';
    expect(visaVerdict(text)).toMatchObject({
      verdict: 'maybe',
      evidence: [
        { polarity: 'offers', quote: 'We offer visa sponsorship' },
        { polarity: 'refuses', quote: 'For this role we cannot sponsor visas' },
      ],
    });
  });

  it('reads both halves of a sentence around "but"', () => {
    expect(polarities('We do not pay for flights but we sponsor visas.')).toEqual(['offers']);
    expect(polarities("We can't sponsor visas but relocation assistance is possible")).toEqual([
      'refuses',
      'relocation',
    ]);
  });

  it('does not end a sentence inside "U.S."', () => {
    const [evidence] = visaVerdict('Must be authorized to work in the U.S. without sponsorship.').evidence;
    expect(evidence?.quote).toBe('Must be authorized to work in the U.S. without sponsorship');
  });

  it("takes the employer's answer to a field as a statement and a filter only as a hint", () => {
    const flag = { says: 'offers', statement: 'sponsorship: Offers Sponsorship' } as const;
    expect(visaVerdict('A job.', { sourceFlag: { ...flag, basis: 'field' } }).verdict).toBe('yes');
    expect(visaVerdict('A job.', { sourceFlag: { ...flag, basis: 'filter' } })).toMatchObject({
      verdict: 'maybe',
      evidence: [{ rule: 'source-filter', start: null }],
    });
    expect(visaVerdict('We do not sponsor visas.', { sourceFlag: { ...flag, basis: 'field' } }).verdict).toBe('maybe');
  });

  it('quotes what stands at the offsets it gives, in any text', () => {
    const statement = fc.constantFrom(
      'We sponsor visas',
      'Keine Visa-Unterstützung, kein Sponsoring',
      'No visa sponsorship',
      'Visa: Ja',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), statement, fc.string({ unit: 'grapheme' }), (head, middle, tail) => {
        const text = `${head}\n${middle}. ${tail}`;
        for (const { quote, start, end } of visaVerdict(text).evidence) {
          expect(text.slice(start ?? -1, end ?? -1)).toBe(quote);
          expect(quote).not.toBe('');
        }
      }),
    );
  });

  it('stays fast on hostile text', () => {
    const started = performance.now();
    visaVerdict('visa sponsorship not '.repeat(4_000));
    visaVerdict('a'.repeat(100_000));
    visaVerdict('no visa '.repeat(10_000));
    // What takes exponential time would take for ever.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
