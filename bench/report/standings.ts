import { spread, type Spread, type Standing } from '../support/rounds.js';
import type { Bar } from './section.js';

const whole = ({ median, least, most }: Spread): string =>
  `${Math.round(median)} (${Math.round(least)}–${Math.round(most)})`;
const fine = (one: Spread | undefined): string => (one === undefined ? '–' : one.median.toFixed(2));
export const ratioText = ({ median, least, most }: Spread): string =>
  `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;

export const STANDING_COLUMNS = ['path', 'per second', 'p50 ms', 'p99 ms', 'CPU ms/request', 'ratio to the baseline'];

export const standingRow = (standing: Standing): string[] => [
  standing.name,
  whole(standing.perSecond),
  fine(standing.p50),
  fine(standing.p99),
  fine(standing.cpuMs),
  ratioText(spread(standing.ratios)),
];

/** Demands that the median of the rounds' ratios reaches the bound. */
export function ratioBar(what: string, ratios: readonly number[], bound: number): Bar {
  const { median, least, most } = spread(ratios);
  return { what, value: median, bound, better: 'more', spread: `${least.toFixed(2)}–${most.toFixed(2)}` };
}

/** Per round: one contestant over another of the same rounds. */
export const ratiosOf = (of: Standing, over: Standing): number[] =>
  of.ratios.map((ratio, index) => ratio / (over.ratios[index] ?? NaN));

export function named(standings: readonly Standing[], name: string): Standing {
  const found = standings.find((standing) => standing.name === name);
  if (found === undefined) throw new Error(`nobody called ${name} took part`);
  return found;
}
