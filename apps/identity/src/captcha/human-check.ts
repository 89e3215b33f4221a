import { Inject, Injectable } from '@nestjs/common';
import { AppError, invalid } from '#kernel';
import { jsonOf, Logger, OutboundHttp } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';

const TIMEOUT_MS = 4_000;
const MAX_BYTES = 64 * 1024;

/** Asks a CAPTCHA service in the words Turnstile, hCaptcha and reCAPTCHA share (siteverify); does nothing unless set. */
@Injectable()
export class HumanCheck {
  private readonly service: { url: string; secret: string } | undefined;

  constructor(
    @Inject(SETTINGS) settings: IdentityOwnSettings,
    private readonly http: OutboundHttp,
    private readonly logger: Logger,
  ) {
    const { CAPTCHA_VERIFY_URL: url, CAPTCHA_SECRET: secret } = settings;
    if ((url === undefined) !== (secret === undefined)) {
      throw new Error('CAPTCHA_VERIFY_URL and CAPTCHA_SECRET belong together: set both or none');
    }
    this.service = url === undefined || secret === undefined ? undefined : { url, secret };
  }

  /** Throws a 422 that names `captcha_token`; 503 while the service cannot be asked: better nobody than every robot. */
  async require(token: string | undefined, clientAddress: string | undefined): Promise<void> {
    if (this.service === undefined) return;
    if (token === undefined) throw refused('is required here: solve the challenge of the page');
    const form = new URLSearchParams({ secret: this.service.secret, response: token });
    if (clientAddress !== undefined) form.set('remoteip', clientAddress);
    const outcome = await this.http.request({
      target: 'captcha',
      url: this.service.url,
      policy: 'trusted',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      maxRedirects: 0,
    });
    const answer: unknown = outcome.kind === 'ok' ? jsonOf(outcome) : undefined;
    if (typeof answer !== 'object' || answer === null) {
      this.logger.warn('the CAPTCHA service cannot be used', { outcome: outcome.kind });
      throw new AppError({
        code: 'PROVIDER_UNAVAILABLE',
        kind: 'unavailable',
        message: 'The check against robots cannot be made right now.',
      });
    }
    if (Reflect.get(answer, 'success') !== true) throw refused('was not accepted: solve the challenge again');
  }
}

const refused = (message: string): AppError => invalid([{ field: 'captcha_token', message }]);
