import { readFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import {
  defineSettings,
  errorCode,
  Logger,
  setting,
  type SettingProblem,
  settingsCheck,
  type SettingsOf,
} from '#platform';
import { GATEWAY_SETTINGS } from '../tokens.js';

export const tlsSettings = defineSettings({
  TLS_CERT_FILE: setting.string({
    optional: true,
    description:
      'PEM file with the certificate and its chain: the API speaks TLS alone then; read anew when it changes',
  }),
  TLS_KEY_FILE: setting.string({ optional: true, description: 'PEM file with the key of TLS_CERT_FILE' }),
});
type TlsSettings = SettingsOf<typeof tlsSettings>;

interface Tls extends SecureContextOptions {
  cert: Buffer;
  key: Buffer;
}

/** Renewed certificates are served this much later at most. */
const REREAD_EVERY_MS = 60_000;
/** TLS 1.3, and of 1.2 what has forward secrecy and is authenticated. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
].join(':');

/** Undefined where the API speaks plain HTTP. Throws where the files are not a pair. */
export function readTls(settings: TlsSettings): Tls | undefined {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = settings;
  if (certFile === undefined || keyFile === undefined) return undefined;
  const options: Tls = {
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
  };
  createSecureContext(options);
  return options;
}

/** Asked before anything is started. */
export const tlsCheck = settingsCheck(tlsSettings, (settings) => {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = settings;
  if (certFile === undefined && keyFile === undefined) return [];
  if (certFile === undefined) return [missing('TLS_CERT_FILE', 'TLS_KEY_FILE')];
  if (keyFile === undefined) return [missing('TLS_KEY_FILE', 'TLS_CERT_FILE')];
  const unreadable = [unreadableFile('TLS_CERT_FILE', certFile), unreadableFile('TLS_KEY_FILE', keyFile)];
  const problems = unreadable.filter((problem) => problem !== undefined);
  if (problems.length > 0) return problems;
  try {
    readTls(settings);
    return [];
  } catch (error) {
    return [notAPair(certFile, keyFile, error)];
  }
});

const missing = (variable: string, other: string): SettingProblem => ({
  code: 'SETTING_MISSING',
  variable,
  expected: `a PEM file, because ${other} is set`,
  fix: `Set ${variable}, or remove ${other}.`,
});

function unreadableFile(variable: string, path: string): SettingProblem | undefined {
  try {
    readFileSync(path);
    return undefined;
  } catch (error) {
    return {
      code: 'SETTING_FILE_UNREADABLE',
      variable,
      got: JSON.stringify(path),
      expected: 'a readable PEM file',
      fix: `Check the path and its permissions (${errorCode(error) ?? 'unknown reason'}).`,
    };
  }
}

const notAPair = (certFile: string, keyFile: string, error: unknown): SettingProblem => ({
  code: 'SETTINGS_CONTRADICT',
  variable: 'TLS_CERT_FILE',
  got: `${JSON.stringify(certFile)}, with TLS_KEY_FILE=${JSON.stringify(keyFile)} (${errorCode(error) ?? 'unknown reason'})`,
  expected: 'a certificate in PEM, and in TLS_KEY_FILE the key it was made for, without a passphrase',
  fix: `Compare: openssl x509 -noout -pubkey -in CERT, and openssl pkey -pubout -in KEY.`,
});

/** Follows the files of the certificate, so that a renewed one needs no restart. */
@Injectable()
export class CertificateFiles implements OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private served: Tls | undefined;

  constructor(
    @Inject(GATEWAY_SETTINGS) private readonly settings: TlsSettings,
    private readonly logger: Logger,
  ) {}

  install(server: HttpServer): void {
    if (!(server instanceof HttpsServer)) return;
    this.timer = setInterval(() => this.refresh(server), REREAD_EVERY_MS);
    this.timer.unref();
    this.refresh(server);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private refresh(server: Pick<HttpsServer, 'setSecureContext'>): void {
    try {
      const found = readTls(this.settings);
      if (found === undefined || isSame(found, this.served)) return;
      server.setSecureContext(found);
      if (this.served !== undefined) this.logger.info('a renewed certificate is served');
      this.served = found;
    } catch (error) {
      // Perhaps one of the two is written already, and the other is not yet.
      this.logger.error('the certificate could not be read anew; the one before is still served', error);
    }
  }
}

const isSame = (one: Tls, other: Tls | undefined): boolean =>
  other !== undefined && one.cert.equals(other.cert) && one.key.equals(other.key);
