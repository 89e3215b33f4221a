import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeSkills, skillKey } from './skill-set.js';

const detail = (name: string, more = {}) => ({ name, proficiency: null, years: null, is_verified: false, ...more });

describe('skills', () => {
  it('keeps details of skills that stay, drops those left out and adds new ones in the written order', () => {
    const current = [detail('Python', { years: 5, is_verified: true }), detail('Cobol')];
    expect(mergeSkills(current, ['SQL', 'python'])).toEqual([
      detail('SQL'),
      detail('python', { years: 5, is_verified: true }),
    ]);
  });

  it('changes only the details that are told', () => {
    const current = [detail('Go', { proficiency: 'expert', years: 4 })];
    expect(mergeSkills(current, [{ name: 'Go', years: 5 }])).toEqual([
      detail('Go', { proficiency: 'expert', years: 5 }),
    ]);
    expect(mergeSkills(current, [{ name: 'Go', years: null }])).toEqual([detail('Go', { proficiency: 'expert' })]);
  });

  it('counts one skill once, however it is spelled, and tells C from C++ and C#', () => {
    expect(mergeSkills([], ['TypeScript', ' typescript', 'Machine  Learning', 'machine learning'])).toHaveLength(2);
    expect(mergeSkills([], ['C', 'C++', 'C#'])).toHaveLength(3);
  });

  it('never makes a skill verified, and writing the same list again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 12 }).filter((s) => s.trim() !== '')), (names) => {
        const once = mergeSkills([], names);
        expect(once.some((skill) => skill.is_verified)).toBe(false);
        expect(mergeSkills(once, names)).toEqual(once);
        expect(new Set(once.map((skill) => skillKey(skill.name))).size).toBe(once.length);
      }),
    );
  });
});
