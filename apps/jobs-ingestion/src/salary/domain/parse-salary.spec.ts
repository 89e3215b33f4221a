import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSalary } from './parse-salary.js';
import { salaryPeriodOf, statedSalary } from './salary.js';

const brief = (text: string): string | null => {
  const salary = parseSalary(text);
  return salary && `${salary.min ?? '-'}..${salary.max ?? '-'} ${salary.currency}/${salary.period ?? '?'}`;
};

describe('reading pay from text', () => {
  it.each([
    ['65.000 – 80.000 €', '65000..80000 EUR/year'],
    ['£50k–£60k', '50000..60000 GBP/year'],
    ['$48k - $60k', '48000..60000 USD/year'],
    ['$40- $60k', '40000..60000 USD/year'],
    ['$31,2k- $52k', '31200..52000 USD/year'],
    ['$18 - $22/hr', '18..22 USD/hour'],
    ['$120 - $170 /hour', '120..170 USD/hour'],
    ['$14/hour', '14..14 USD/hour'],
    ['Gehalt: 55.000 bis 70.000 EUR brutto pro Jahr', '55000..70000 EUR/year'],
    ['Jahresgehalt ab 60.000 €', '60000..- EUR/year'],
    ['CHF 110’000 – 130’000', '110000..130000 CHF/year'],
    ['Salaire : 45 000 € - 55 000 € par an', '45000..55000 EUR/year'],
    ['The base salary range is $142,500.00 to $190,000.00 per year.', '142500..190000 USD/year'],
    ['3.500 € - 4.200 € brutto/Monat', '3500..4200 EUR/month'],
    ['PLN 20 000 - 26 000 per month', '20000..26000 PLN/month'],
    ['18 000 - 24 000 zł', '18000..24000 PLN/?'],
    ['Compensation: up to €90,000', '-..90000 EUR/year'],
    ['€65K – €80K • Offers Equity', '65000..80000 EUR/year'],
    ['CA$95,000 - CA$120,000', '95000..120000 CAD/year'],
    ['Salary: 70k-85k EUR', '70000..85000 EUR/year'],
    ['Range: USD $107,600.00 - USD $160,600.00 /Yr', '107600..160600 USD/year'],
    ['we pay $150k+ and equity', '150000..- USD/year'],
    ['Day rate £450 - £500 per day', '450..500 GBP/day'],
  ])('%s', (text, expected) => {
    expect(brief(text)).toBe(expected);
  });

  it.each([
    'competitive salary',
    '65000 - 80000',
    'We raised $20M in Series A funding',
    'We raised $20,000 to $30,000 for charity',
    'a $5,000 signing bonus',
    'over 10,000 customers and 200-300 employees',
    'We manage €4 billion to €5 billion in assets',
    'Call 030 1234567 for details, 5-10 years of experience',
    '5% 401(k) matching',
    '$1,000 learning budget',
    'costs went from $10 to $20,000',
    '',
  ])('reads nothing from "%s"', (text) => {
    expect(parseSalary(text)).toBeNull();
  });

  it('prefers the amount that is called salary over other ranges', () => {
    expect(brief('Deals of $20,000 to $50,000. The salary range is $90,000 - $110,000 per year.')).toBe(
      '90000..110000 USD/year',
    );
  });

  it('quotes what it read, and only amounts that stand in the text', () => {
    const amount = fc.integer({ min: 20, max: 400 });
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        amount,
        fc.integer({ min: 0, max: 60 }),
        fc.string(),
        (head, low, more, tail) => {
          const text = `${head}\nSalary: €${low}k - €${low + more}k\n${tail}`;
          const salary = parseSalary(text);
          if (salary === null) return;
          expect(text).toContain(salary.evidence);
          expect(salary.evidence).toMatch(/\d/);
        },
      ),
    );
  });

  it('never invents pay for text without digits or without a currency', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(parseSalary(text.replace(/\d/gu, ''))).toBeNull();
        expect(parseSalary(text.replace(/[^\d\s.,-]/gu, ''))).toBeNull();
      }),
    );
  });
});

describe('stated salaries', () => {
  it.each([
    [{ min: 0, max: 0, currency: 'USD', period: null }, null],
    [{ min: Number.NaN, max: null, currency: 'USD', period: null }, null],
    [{ min: 50_000, max: null, currency: null, period: null }, null],
    [{ min: -5, max: 1e12, currency: 'EUR', period: null }, null],
  ])('%j is no salary', (fields, expected) => {
    expect(statedSalary(fields)).toBe(expected);
  });

  it('puts swapped bounds right and keeps a lone bound alone', () => {
    expect(statedSalary({ min: 80, max: 60, currency: 'eur', period: 'hour' })).toMatchObject({
      min: 60,
      max: 80,
      currency: 'EUR',
    });
    expect(statedSalary({ min: null, max: 60_000, currency: 'EUR', period: 'year' })).toMatchObject({
      min: null,
      max: 60_000,
    });
  });

  it('knows the words sources use for periods', () => {
    expect(['annual', '1 YEAR', 'per-month-salary', 'hourly', 'NONE'].map(salaryPeriodOf)).toEqual([
      'year',
      'year',
      'month',
      'hour',
      null,
    ]);
  });
});
