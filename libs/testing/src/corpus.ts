import { existsSync } from 'node:fs';

/** Folder of recorded answers and test data that is too large or not ours to keep here. */
export function corpusDir(): string | undefined {
  const folder = process.env.CORPUS_DIR;
  if (folder === undefined || folder === '') return undefined;
  if (!existsSync(folder)) throw new Error(`CORPUS_DIR names ${folder}, which does not exist`);
  return folder;
}

/**
 * A suite over the corpus; without one it counts as a skipped test that says what is missing. Uses Jest's globals:
 * this library is loaded outside of Jest as well (make dev, benchmarks).
 */
export function describeWithCorpus(name: string, suite: (folder: string) => void): void {
  const folder = corpusDir();
  describe(name, () => {
    if (folder === undefined) it.skip('needs CORPUS_DIR', () => undefined);
    else suite(folder);
  });
}
