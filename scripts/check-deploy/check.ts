import { type Manifest, ManifestSet } from './manifest.js';
import { houseRules, type Surroundings } from './rules/index.js';
import { typeCheck } from './type-check.js';

export interface Subject {
  name: string;
  documents: readonly Manifest[];
  surroundings: Surroundings;
}

/** Everything that is wrong, by subject; a subject without problems has an empty list. */
export function checkAll(subjects: readonly Subject[]): Map<string, string[]> {
  const problems = typeCheck(new Map(subjects.map(({ name, documents }) => [name, documents])));
  for (const { name, documents, surroundings } of subjects) {
    problems.get(name)?.push(...houseRules(new ManifestSet(documents), surroundings));
  }
  return problems;
}
