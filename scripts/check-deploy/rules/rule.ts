import type { ManifestSet } from '../manifest.js';

/** What is around the objects: what exists already, and what the apps really do. */
export interface Surroundings {
  /** Keys of Secrets that are made outside, by name. */
  externalSecrets: ReadonlyMap<string, ReadonlySet<string>>;
  /** Access mode of claims that are made outside, by name. */
  externalClaims: ReadonlyMap<string, string>;
  /** Labels of pods that are there without us, e.g. of the database. */
  externalPods: readonly ReadonlyMap<string, string>[];
  /** Paths the health port answers. */
  healthPaths: ReadonlySet<string>;
  /** Connections the database has for us. */
  connectionBudget: number;
  requireDigests: boolean;
}

/** Says everything that is wrong; empty when nothing is. */
export type Rule = (set: ManifestSet, surroundings: Surroundings) => string[];

/** Collects problems of one object under its name. */
export class Findings {
  readonly problems: string[] = [];

  /** `what` is what is wrong when `holds` is false. */
  must(holds: boolean, where: string, what: string): void {
    if (!holds) this.problems.push(`${where}: ${what}`);
  }
}
