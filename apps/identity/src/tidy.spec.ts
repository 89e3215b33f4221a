import { describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import { tidy } from './tidy.js';

describe('tidy', () => {
  it('trims and normalises every text, however deep, and keeps everything else', () => {
    const given = { a: '  x ', b: [{ c: 'e\u0301 ' }, 'y'], n: 0, no: false, nothing: null };
    expect(tidy(given)).toEqual({ a: 'x', b: [{ c: '\u00e9' }, 'y'], n: 0, no: false, nothing: null });
  });

  it('names every text that is only blanks', () => {
    const attempt = () => tidy({ full_name: ' ', links: [{ label: '\t', url: 'https://a.example' }] });
    expect(attempt).toThrow(AppError);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ kind: 'invalid', details: [{ field: 'full_name' }, { field: 'links.0.label' }] });
    }
  });
});
