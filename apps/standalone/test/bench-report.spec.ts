import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Section } from '../../../bench/report/section.js';
import { writeReport } from '../../../bench/report/write.js';

const machine = {
  date: '2026-11-20T08:00:00.000Z',
  system: 'linux',
  processor: 'one',
  cores: 2,
  memoryGb: 8,
  node: 'v20',
  postgres: '17',
  nats: '2.12',
  commit: 'abc',
  loadBefore: 0.1,
};
const section = (id: string, figure: number): Section => ({
  id,
  title: `What ${id} measures`,
  columns: ['path', 'per second'],
  rows: [['one', String(figure)]],
  bars: [],
  notes: [],
  data: { figure },
});

describe('the report of a benchmark', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (...sections: Section[]): string =>
    writeReport({ machine, how: 'npm run bench', sections }, ['a', 'b', 'c'], folder);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  it('of all parts is the one of the day and the latest', () => {
    expect(write(section('a', 11), section('b', 22), section('c', 33))).toBe(join(folder, '2026-11-20.md'));
    expect(read('2026-11-20.md')).toContain('## (c) What c measures');
    const { sections } = JSON.parse(read('latest.json')) as { sections: { id: string; data: unknown }[] };
    expect(sections.map(({ id, data }) => [id, data])).toEqual([
      ['a', { figure: 11 }],
      ['b', { figure: 22 }],
      ['c', { figure: 33 }],
    ]);
  });

  it('of some parts leaves those of all parts as they are', () => {
    write(section('a', 11), section('b', 22), section('c', 33));
    const before = [read('2026-11-20.md'), read('latest.json')];
    expect(write(section('a', 44), section('c', 55))).toBe(join(folder, '2026-11-20-ac.md'));
    expect(read('2026-11-20-ac.md')).toContain('| one | 55 |');
    expect([read('2026-11-20.md'), read('latest.json')]).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(['2026-11-20-ac.md', '2026-11-20.md', 'latest.json']);
  });
});
