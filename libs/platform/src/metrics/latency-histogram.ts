/** Seconds. The bars of the service levels (0.25 and 1) are buckets, so that they can be read off exactly. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Series {
  labels: readonly string[];
  /** One more than there are bounds: what is slower than all of them. */
  counts: number[];
  sum: number;
}

interface Node {
  series?: Series;
  next: Map<string, Node>;
}

const node = (): Node => ({ next: new Map() });

/**
 * A histogram of durations with labels. prom-client's makes an object, a function and a text as key of every
 * observation (0.7 us, four times per request); this one walks a map per label (0.1 us).
 */
export class LatencyHistogram {
  private readonly root = node();

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly labelNames: readonly string[],
  ) {}

  /** `labels` in the order of the names. */
  observe(labels: readonly string[], seconds: number): void {
    const { counts } = this.seriesOf(labels, seconds);
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] ?? 0)) bucket += 1;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }

  /** In the text format of Prometheus, with these labels on every line. */
  expose(common: Readonly<Record<string, string>>): string {
    const lines = [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} histogram`];
    for (const { labels, counts, sum } of allSeries(this.root)) {
      const own = Object.fromEntries(this.labelNames.map((name, index) => [name, labels[index] ?? '']));
      const rest = labelText({ ...own, ...common });
      let count = 0;
      [...BOUNDS, '+Inf'].forEach((bound, index) => {
        count += counts[index] ?? 0;
        lines.push(`${this.name}_bucket{le="${bound}",${rest}} ${count}`);
      });
      lines.push(`${this.name}_sum{${rest}} ${sum}`, `${this.name}_count{${rest}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }

  private seriesOf(labels: readonly string[], seconds: number): Series {
    let at = this.root;
    for (const label of labels) {
      let next = at.next.get(label);
      if (next === undefined) at.next.set(label, (next = node()));
      at = next;
    }
    at.series ??= { labels: [...labels], counts: new Array<number>(BOUNDS.length + 1).fill(0), sum: 0 };
    at.series.sum += seconds;
    return at.series;
  }
}

const allSeries = ({ series, next }: Node): Series[] => [
  ...(series === undefined ? [] : [series]),
  ...[...next.values()].flatMap(allSeries),
];

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`)
    .join(',');
