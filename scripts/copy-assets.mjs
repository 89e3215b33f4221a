#!/usr/bin/env node
// Files the compiler does not copy: data that lies beside the code that reads it (feeds, word lists, templates).
import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ASSET = /\.(json|txt|csv|sql|css|html|jsonl)$/;
const SKIPPED = new Set(['node_modules', 'dist', 'test', '__fixtures__']);

function copy(directory) {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) {
      if (!SKIPPED.has(name)) copy(path);
    } else if (ASSET.test(name) && path.includes('/src/')) {
      cpSync(path, join(root, 'dist', relative(root, path)));
    }
  }
}
for (const top of ['apps', 'libs']) if (existsSync(join(root, top))) copy(join(root, top));
