export interface Measured {
  perSecond: number;
  /** Milliseconds. */
  p50?: number;
  p99?: number;
  /** Milliseconds of CPU per request in the processes under test, where the system tells. */
  cpuMs?: number;
}

export interface Contestant {
  name: string;
  run(): Promise<Measured>;
}

export interface Spread {
  median: number;
  least: number;
  most: number;
}

export interface Standing {
  name: string;
  perSecond: Spread;
  p50?: Spread;
  p99?: Spread;
  cpuMs?: Spread;
  /** Per round: this contestant over the first one in the same round. */
  ratios: number[];
}

/**
 * Everybody in turn, round by round, the order turning as well: what else the machine does meets all alike. The first
 * contestant is the baseline. One round before counts for nothing, it warms code and caches.
 */
export async function interleaved(
  contestants: readonly Contestant[],
  rounds: number,
  say: (line: string) => void,
): Promise<Standing[]> {
  for (const contestant of contestants) await contestant.run();
  const measured = new Map<string, Measured[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = contestants.map((_, index) => contestants[(index + round) % contestants.length]);
    for (const contestant of order) {
      if (contestant === undefined) continue;
      measured.get(contestant.name)?.push(await contestant.run());
    }
    const figures = [...measured].map(([name, list]) => `${name} ${Math.round(list.at(-1)?.perSecond ?? 0)}/s`);
    say(`round ${round + 1} of ${rounds}: ${figures.join(', ')}`);
  }
  const baseline = measured.get(contestants[0]?.name ?? '') ?? [];
  return [...measured].map(([name, list]) => ({
    name,
    perSecond: spread(list.map((one) => one.perSecond)),
    p50: spreadOf(list, (one) => one.p50),
    p99: spreadOf(list, (one) => one.p99),
    cpuMs: spreadOf(list, (one) => one.cpuMs),
    ratios: list.map((one, index) => one.perSecond / (baseline[index]?.perSecond ?? NaN)),
  }));
}

function spreadOf(list: readonly Measured[], read: (one: Measured) => number | undefined): Spread | undefined {
  const values = list.map(read).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : spread(values);
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? NaN;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
}
