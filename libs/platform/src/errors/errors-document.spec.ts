import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { errorsDocument } from './errors-document.js';

describe('docs/errors.md', () => {
  it('is what the list of codes produces (npm run sync-docs writes it anew)', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsDocument());
  });
});
