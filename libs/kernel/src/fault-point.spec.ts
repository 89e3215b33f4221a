import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';

const folder = join(process.cwd(), 'libs/kernel/src');
const javascript = (file: string): string =>
  transformSync(readFileSync(join(folder, file), 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  }).code;

/** Both files as one module, in a process of its own: this one would not survive. */
function hitThreeTimes(env: Record<string, string>): { signal: string | null; hits: number } {
  const config = javascript('config.ts');
  const faultPoint = javascript('fault-point.ts').replace(/import .*config\.js';/, '');
  const use = `for (const hit of [1, 2, 3]) { process.stdout.write('x'); faultPoint('relay.after_ack_before_mark'); }`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', `${config}\n${faultPoint}\n${use}`], {
    env: { PATH: process.env.PATH, ...env },
  });
  return { signal: child.signal, hits: child.stdout.length };
}

describe('faultPoint', () => {
  it('does nothing unless it is armed by name', () => {
    expect(hitThreeTimes({})).toEqual({ signal: null, hits: 3 });
    expect(hitThreeTimes({ FAULT: 'tx.before:1' })).toEqual({ signal: null, hits: 3 });
  });

  it('kills the process the hard way at the armed hit', () => {
    expect(hitThreeTimes({ FAULT: 'relay.after_ack_before_mark:2' })).toEqual({ signal: 'SIGKILL', hits: 2 });
    expect(hitThreeTimes({ FAULT: 'relay.after_ack_before_mark' })).toEqual({ signal: 'SIGKILL', hits: 1 });
  });

  it('writes into FAULT_LOG where it died', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fault-log-'));
    const env = { FAULT: 'relay.after_ack_before_mark:2', FAULT_LOG: join(folder, 'log') };
    expect(hitThreeTimes(env)).toEqual({ signal: 'SIGKILL', hits: 2 });
    expect(readFileSync(env.FAULT_LOG, 'utf8')).toMatch(/^relay\.after_ack_before_mark \d+\n$/);
    rmSync(folder, { recursive: true });
  });

  it('cannot be armed in production', () => {
    const env = { FAULT: 'relay.after_ack_before_mark:1', NODE_ENV: 'production' };
    expect(hitThreeTimes(env)).toEqual({ signal: null, hits: 3 });
  });
});
