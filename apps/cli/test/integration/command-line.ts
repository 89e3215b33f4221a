import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { run } from '../../src/program.js';

const folder = mkdtempSync(join(tmpdir(), 'careercopilot-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

export const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

export async function cli(
  words: string[],
  env: Record<string, string> = {},
  interrupted = new AbortController(),
  typed: string[] = [],
): Promise<Outcome> {
  const said = { out: '', err: '' };
  const terminal = {
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
    isInteractive: false,
    ask: (question: string) => {
      const answer = typed.shift();
      if (answer !== undefined) said.err += `${question}\n`;
      return Promise.resolve(answer);
    },
  };
  const code = await run(words, { terminal, env, interrupted: interrupted.signal });
  return { code, ...said };
}
