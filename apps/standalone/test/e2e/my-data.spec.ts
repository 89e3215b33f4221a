import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { NO_SOURCES } from '#testing';
import { describeMyData } from './my-data-story.js';
import { startComposed } from './support/composed.js';
import { filesBelow, filesWith } from './support/leftovers.js';

describe('my data in one process', () => {
  describeMyData(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'career-my-data-'));
    const platform = await startComposed({ ...NO_SOURCES, DATA_DIR: dataDir, ERASURE_UNDO_WINDOW: '0s' });
    return {
      url: platform.url,
      database: platform.database,
      placesWith: (text) => filesWith(join(dataDir, 'files'), text),
      files: async () => (await filesBelow(join(dataDir, 'files'))).map(({ path }) => path),
      messageTables: ['messages'],
      stop: async () => {
        await platform.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
});
