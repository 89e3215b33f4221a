import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { grantedCompanies } from './granted-companies.js';

const fieldsOf = (named: Parameters<typeof grantedCompanies>[0]): string[] =>
  grantedCompanies(named).problems.map(({ field }) => field);

describe('companies that are granted', () => {
  it('have the key postings are compared by, and a domain as addresses have it', () => {
    const { companies, problems } = grantedCompanies([
      { company: 'Northwind GmbH', domain: 'Jobs.NorthWind.example' },
      { company: 'Bäckerei Müller AG', domain: 'bäckerei.example' },
      { company: 'Parkwerk' },
    ]);
    expect(problems).toEqual([]);
    expect(companies).toEqual([
      { companyKey: 'northwind', company: 'Northwind GmbH', domain: 'jobs.northwind.example' },
      { companyKey: 'backerei muller', company: 'Bäckerei Müller AG', domain: 'xn--bckerei-5wa.example' },
      { companyKey: 'parkwerk', company: 'Parkwerk', domain: null },
    ]);
  });

  it.each([
    'localhost',
    'https://northwind.example',
    'northwind.example/jobs',
    'northwind.example:8443',
    'me@northwind.example',
    '.northwind.example',
    'northwind..example',
    '-.example',
    '192.0.2.7',
    '2130706433',
    '[::1]',
    '*.northwind.example',
    'north wind.example',
    `${'a'.repeat(64)}.example`,
    ' ',
  ])('are refused with a domain that is none: %j', (domain) => {
    expect(fieldsOf([{ company: 'Northwind' }, { company: 'Parkwerk', domain }])).toEqual(['employer_for.1.domain']);
  });

  it('are refused where one stands twice, however it is written, naming the second', () => {
    const named = [{ company: 'Northwind GmbH' }, { company: 'Parkwerk' }, { company: 'NORTHWIND, Inc.' }];
    expect(fieldsOf(named)).toEqual(['employer_for.2.company']);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Northwind', 'northwind ltd', 'Parkwerk', 'Parkwerk AG', 'Blumen')),
        (list) => {
          const { companies, problems } = grantedCompanies(list.map((company) => ({ company })));
          expect(companies.length - problems.length).toBe(new Set(companies.map(({ companyKey }) => companyKey)).size);
        },
      ),
    );
  });
});
