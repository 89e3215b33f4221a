import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { ImportedPosting } from '#contracts';
import { readPostings } from '../../../../jobs-ingestion/src/index.js';

/** A request carries at most 1,000 postings and 1 MB. */
const MOST_POSTINGS = 500;
const MOST_BYTES = 800_000;

/** The postings of corpus files, in requests of a size the gateway takes; `most` of each file. */
export async function* importRequests(
  corpus: string,
  files: readonly string[],
  most: number,
): AsyncGenerator<ImportedPosting[]> {
  for (const file of files) {
    const unpacked = createReadStream(join(corpus, 'job_postings', file)).pipe(createGunzip());
    let batch: ImportedPosting[] = [];
    let bytes = 0;
    let read = 0;
    for await (const line of readPostings(unpacked, { source: basename(file, '.jsonl.gz') })) {
      if (!('posting' in line)) continue;
      const size = Buffer.byteLength(JSON.stringify(line.posting)) + 1;
      if (batch.length >= MOST_POSTINGS || bytes + size > MOST_BYTES) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(line.posting);
      bytes += size;
      read += 1;
      if (read >= most) break;
    }
    unpacked.destroy();
    if (batch.length > 0) yield batch;
  }
}
