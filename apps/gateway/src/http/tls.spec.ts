import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger, readSettings, SettingsError } from '#platform';
import { makeCertificate, type TestCertificate } from '#testing';
import { CertificateFiles, readTls, tlsCheck, tlsSettings } from './tls.js';

let folder: string;
let pair: { TLS_CERT_FILE: string; TLS_KEY_FILE: string };
const write = ({ cert, key }: Partial<TestCertificate>): void => {
  if (cert !== undefined) writeFileSync(pair.TLS_CERT_FILE, cert);
  if (key !== undefined) writeFileSync(pair.TLS_KEY_FILE, key);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'career-tls-'));
  pair = { TLS_CERT_FILE: join(folder, 'tls.crt'), TLS_KEY_FILE: join(folder, 'tls.key') };
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the settings of TLS', () => {
  /** What is wrong, and with which variable. */
  const refused = (env: Record<string, string>): string[] => {
    try {
      readSettings(tlsSettings, env, [tlsCheck]);
      return [];
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      return error.problems.map(({ code, variable }) => `${code} ${variable}`);
    }
  };

  it('are both or none', () => {
    write(makeCertificate());
    expect(refused({})).toEqual([]);
    expect(refused(pair)).toEqual([]);
    expect(refused({ TLS_CERT_FILE: pair.TLS_CERT_FILE })).toEqual(['SETTING_MISSING TLS_KEY_FILE']);
    expect(refused({ TLS_KEY_FILE: pair.TLS_KEY_FILE })).toEqual(['SETTING_MISSING TLS_CERT_FILE']);
  });

  it('name each file that cannot be read', () => {
    const problem = 'SETTING_FILE_UNREADABLE';
    expect(refused(pair)).toEqual([`${problem} TLS_CERT_FILE`, `${problem} TLS_KEY_FILE`]);
    write(makeCertificate());
    expect(refused({ ...pair, TLS_KEY_FILE: folder })).toEqual([`${problem} TLS_KEY_FILE`]);
  });

  it.each<[string, () => Partial<TestCertificate>]>([
    ['a key of another certificate', () => ({ key: makeCertificate().key })],
    ['a certificate that is none', () => ({ cert: 'nothing' })],
    ['a key that is none', () => ({ key: 'nothing' })],
    ['an empty file', () => ({ cert: '' })],
  ])('are refused with %s', (_what, spoilt) => {
    write(makeCertificate());
    write(spoilt());
    expect(refused(pair)).toEqual(['SETTINGS_CONTRADICT TLS_CERT_FILE']);
  });
});

describe('a certificate that is renewed', () => {
  let server: Server;
  let files: CertificateFiles;

  /** What somebody who connects now is shown. */
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const fingerprintOf = ({ cert }: TestCertificate): string => new X509Certificate(cert).fingerprint256;

  beforeEach(async () => {
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'performance', 'Date'],
    });
    files = new CertificateFiles(pair, Logger.create({ service: 'test', level: 'silent', format: 'json' }));
  });
  afterEach(async () => {
    files.onModuleDestroy();
    jest.useRealTimers();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is served a minute later without a restart, and not before its key is there, too', async () => {
    const [first, second] = [makeCertificate(), makeCertificate()];
    write(first);
    server = createServer(readTls(pair) ?? {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    files.install(server);
    expect(await shown()).toBe(fingerprintOf(first));
    write({ cert: second.cert });
    jest.advanceTimersByTime(60_000);
    expect(await shown()).toBe(fingerprintOf(first));
    write({ key: second.key });
    jest.advanceTimersByTime(60_000);
    expect(await shown()).toBe(fingerprintOf(second));
    rmSync(pair.TLS_KEY_FILE);
    jest.advanceTimersByTime(60_000);
    expect(await shown()).toBe(fingerprintOf(second));
  });
});
