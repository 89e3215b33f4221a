import { describe, expect, it } from '@jest/globals';
import { readPlaces } from '../../places/domain/place.js';
import { placeWords, wantedPlaceWords } from './place-words.js';

const finds = (asked: string, stated: string): boolean => {
  const words = new Set(placeWords(stated, readPlaces(stated)));
  return wantedPlaceWords(asked).some((wanted) => wanted.every((word) => words.has(word)));
};

describe('place words', () => {
  it.each([
    ['München', 'Munich, Germany'],
    ['Munich', 'München'],
    ['Berlin', 'Bendlerstr. 5, 10785 Berlin'],
    ['berlin, germany', 'Berlin'],
    ['Germany', 'Hamburg, Germany'],
    ['Deutschland', 'Berlin'],
    ['Paris', 'Paris; Lyon'],
    ['Lyon', 'Paris; Lyon'],
    ['New York', 'New York, NY'],
    ['Molbergen', 'Molbergen, Germany'],
  ])('%s finds %s', (asked, stated) => {
    expect(finds(asked, stated)).toBe(true);
  });

  it.each([
    ['Germany', 'Rio de Janeiro, Brazil'],
    ['Berlin', 'Munich, Germany'],
    ['Tallinn', 'Berlin, Germany'],
    ['Paris', 'London'],
  ])('%s does not find %s', (asked, stated) => {
    expect(finds(asked, stated)).toBe(false);
  });

  it('asks for nothing where nothing was said', () => {
    expect(wantedPlaceWords('  ,.- ')).toEqual([]);
    expect(placeWords(null, [])).toEqual([]);
  });
});
