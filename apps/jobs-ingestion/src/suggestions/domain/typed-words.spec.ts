import { describe, expect, it } from '@jest/globals';
import { placesBeginningWith } from '../../places/domain/place-beginnings.js';
import { typedWords } from './typed-words.js';

describe('what was typed', () => {
  it.each([
    ['typesc', "'typesc':*"],
    ['  senior   dev ', "'senior':* & 'dev':*"],
    ["o'reilly & !co", "'o reilly':* & '&':* & '!co':*"],
    ["'':* | a\\", "':*':* & '|':* & 'a':*"],
    [`'"'`, `'"':*`],
    [`''`, ''],
  ])('%j is asked for as %s', (typed, words) => {
    expect(typedWords(typed)).toBe(words);
  });
});

describe('a place that is being typed', () => {
  it.each([
    ['mün', 'DE:Munich'],
    ['MUN', 'DE:Munich'],
    ['wie', 'AT:Vienna'],
    ['deutschl', 'DE'],
    ['pays', 'NL'],
  ])('%s may be %s', (typed, key) => {
    expect(placesBeginningWith(typed)).toContain(key);
  });

  it('is no place it does not begin', () => {
    expect(placesBeginningWith('typesc')).toEqual([]);
  });
});
