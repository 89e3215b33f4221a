/** One part of the report: a table, what is demanded, and what has to be known to read it. */
export interface Section {
  id: string;
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  bars: readonly Bar[];
  notes: readonly string[];
  /** The figures behind the table, for programs. */
  data: unknown;
}

export interface Bar {
  what: string;
  value: number;
  bound: number;
  /** Whether more or less is better. */
  better: 'more' | 'less';
  unit?: string;
  spread?: string;
}

export const passes = ({ value, bound, better }: Bar): boolean => (better === 'more' ? value >= bound : value <= bound);

export function barLine(bar: Bar): string {
  const { what, value, bound, better, unit = '', spread } = bar;
  const shown = (number: number): string => (bound < 10 ? number.toFixed(2) : number.toFixed(0));
  const sign = better === 'more' ? '≥' : '≤';
  return `${passes(bar) ? 'PASS' : 'MISS'}  ${what}: ${shown(value)}${unit}${spread === undefined ? '' : ` (${spread})`}, bar ${sign} ${shown(bound)}${unit}`;
}
