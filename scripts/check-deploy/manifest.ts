import { parseAllDocuments } from 'yaml';

/** A place in a document of unknown shape; what is not there reads as undefined or empty. */
export class Place {
  constructor(readonly value: unknown) {}

  at(...path: (string | number)[]): Place {
    let value: unknown = this.value;
    for (const step of path) {
      value = typeof value === 'object' && value !== null ? (Reflect.get(value, step) as unknown) : undefined;
    }
    return new Place(value);
  }

  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  get items(): Place[] {
    return Array.isArray(this.value) ? this.value.map((item: unknown) => new Place(item)) : [];
  }

  get entries(): [string, Place][] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return [];
    return Object.entries(this.value).map(([key, value]: [string, unknown]) => [key, new Place(value)]);
  }

  /** Entries whose value is text: labels, annotations, data. */
  get texts(): Map<string, string> {
    return new Map(this.entries.flatMap(([key, { text }]) => (text === undefined ? [] : [[key, text] as const])));
  }
}

/** One Kubernetes object. */
export class Manifest extends Place {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;

  constructor(
    value: unknown,
    /** Template it came from, e.g. `templates/hpa.yaml`; empty for hand-written ones. */
    readonly source = '',
  ) {
    super(value);
    this.kind = this.at('kind').text ?? '';
    this.apiVersion = this.at('apiVersion').text ?? '';
    this.name = this.at('metadata', 'name').text ?? '';
  }

  get label(): string {
    return `${this.kind}/${this.name}`;
  }
}

/** Documents of a stream; a duplicate key or a broken document is an error. */
export function parseManifests(yaml: string): Manifest[] {
  return parseAllDocuments(yaml, { uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`not YAML: ${error.message}`);
    const value: unknown = document.toJS();
    if (value === null || value === undefined) return [];
    const source = /^ ?Source: [^/]+\/(\S+)/m.exec(document.commentBefore ?? commentIn(document.contents))?.[1] ?? '';
    return [new Manifest(value, source)];
  });
}

const commentIn = (contents: unknown): string => new Place(contents).at('commentBefore').text ?? '';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

/** A template of pods and the object it is in. */
export class Workload {
  constructor(
    readonly owner: Manifest,
    readonly template: Place,
  ) {}

  get label(): string {
    return this.owner.label;
  }

  get pod(): Place {
    return this.template.at('spec');
  }

  get labels(): Map<string, string> {
    return this.template.at('metadata', 'labels').texts;
  }

  get containers(): Place[] {
    return [...this.pod.at('initContainers').items, ...this.pod.at('containers').items];
  }

  /** Runs until it is stopped, unlike a Job. */
  get isService(): boolean {
    return this.owner.kind !== 'Job';
  }
}

/** Objects applied together. */
export class ManifestSet {
  readonly workloads: Workload[];

  constructor(readonly all: readonly Manifest[]) {
    this.workloads = all.flatMap((manifest) => {
      if (WORKLOADS.includes(manifest.kind)) return [new Workload(manifest, manifest.at('spec', 'template'))];
      return manifest.kind === 'CronJob'
        ? [new Workload(manifest, manifest.at('spec', 'jobTemplate', 'spec', 'template'))]
        : [];
    });
  }

  ofKind(kind: string): Manifest[] {
    return this.all.filter((manifest) => manifest.kind === kind);
  }

  find(kind: string, name: string | undefined): Manifest | undefined {
    return this.all.find((manifest) => manifest.kind === kind && manifest.name === name);
  }

  /** Pods a label selector means. An empty selector means all. */
  selectedBy(selector: Place): Workload[] {
    return this.workloads.filter((workload) => matches(selector, workload.labels));
  }
}

export function matches(selector: Place, labels: Map<string, string>): boolean {
  const wanted = [...selector.at('matchLabels').texts];
  const expressions = selector.at('matchExpressions').items;
  return (
    wanted.every(([key, value]) => labels.get(key) === value) &&
    expressions.every((expression) => {
      const value = labels.get(expression.at('key').text ?? '');
      const values = expression.at('values').items.map((item) => item.text);
      const operator = expression.at('operator').text;
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      return operator === 'Exists' ? value !== undefined : value === undefined;
    })
  );
}
