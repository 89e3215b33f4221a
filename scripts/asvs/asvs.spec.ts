import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './check.js';
import { asvsPage } from './page.js';
import { REQUIREMENTS } from './requirements.js';
import { testsOf } from './spec-file.js';
import { proofsOf, readTable, type Row } from './table.js';

const rows = readTable(readFileSync('docs/security/asvs.csv', 'utf8'));

describe('docs/security/asvs.csv', () => {
  it('has a row for each requirement, and its proofs exist and run', () => {
    expect(problemsOf(rows, '.')).toEqual([]);
    expect(rows).toHaveLength(333);
  });

  it('counts each chapter as the standard does', () => {
    const counts = [...new Set(REQUIREMENTS.map(({ chapter }) => chapter))].map((chapter) =>
      ['L1', 'L2', 'L3']
        .map((level) => REQUIREMENTS.filter((one) => one.chapter === chapter && one.level === level).length)
        .join('/'),
    );
    expect(counts).toEqual(
      '8/19/3 4/7/2 8/11/12 2/8/6 4/5/4 13/22/12 6/12/1 4/3/6 4/3/0 5/24/7 3/11/10 3/6/3 1/12/8 2/7/4 3/10/8 0/16/1'.split(
        ' ',
      ),
    );
  });

  it('names the tests that prove it, not sources alone', () => {
    expect(rows.flatMap(proofsOf).filter(({ test }) => test !== undefined).length).toBeGreaterThan(300);
  });
});

describe('docs/security/asvs.md', () => {
  it('is what the table says (npm run sync-docs writes it anew)', () => {
    expect(readFileSync('docs/security/asvs.md', 'utf8')).toBe(asvsPage(rows));
  });
});

describe('the check', () => {
  const [first] = rows;
  const changed = (changes: Partial<Row>): string[] =>
    problemsOf(
      rows.map((row) => (row === first ? { ...row, ...changes } : row)),
      '.',
    );

  it('finds a row that is missing, doubled or of nothing', () => {
    expect(problemsOf(rows.slice(1), '.')).toEqual(['1.1.1 has no row']);
    expect(problemsOf([...rows, ...rows.slice(0, 1)], '.')).toEqual(['1.1.1 has two rows']);
    expect(changed({ id: '1.1.9' })).toEqual(['1.1.1 has no row', '1.1.9 is no requirement']);
  });

  it.each<[what: string, changes: Partial<Row>, problem: string]>([
    ['another level', { level: 'L1' }, '1.1.1 is of chapter V1 and level L2'],
    ['a made-up state', { state: 'nearly', reason: 'Because.' }, "1.1.1 is 'nearly', which is no state"],
    ['no words', { asks: '' }, '1.1.1 does not say what it asks'],
    ['no proof', { proof: '' }, '1.1.1 is met, and nothing proves it'],
    ['no reason', { state: 'not_met' }, '1.1.1 is not_met, and there is no reason'],
    ['a file that is gone', { proof: 'apps/gone.ts' }, '1.1.1: apps/gone.ts does not exist'],
    [
      'a test that is gone',
      { proof: 'scripts/asvs/asvs.spec.ts > is gone; or not' },
      "1.1.1: scripts/asvs/asvs.spec.ts has no test 'is gone; or not'",
    ],
    [
      'a test that may be skipped',
      { proof: 'libs/platform/test/file-store.spec.ts > are found by another replica' },
      "1.1.1: libs/platform/test/file-store.spec.ts: 'are found by another replica' is skipped, or may be",
    ],
  ])('finds %s', (_what, changes, problem) => {
    expect(changed(changes)).toEqual([problem]);
  });

  it.each([
    ["it('a', () => {});", true],
    ["it.each([1])('a', () => {});", true],
    ["describe('x', () => { it('a', () => {}); });", true],
    ["it.skip('a', () => {});", false],
    ["it.todo('a');", false],
    ["xit('a', () => {});", false],
    ["describe.skip('x', () => { it('a', () => {}); });", false],
    ["describe.skip.each([1])('x', () => { it('a', () => {}); });", false],
    ["(isRoot ? it : it.skip)('a', () => {});", false],
    ["const suite = isOff ? describe.skip : describe; suite('x', () => { it('a', () => {}); });", false],
  ])('reads of %s whether the test always runs', (text, runs) => {
    expect([...testsOf(text)]).toEqual([['a', runs]]);
  });
});
