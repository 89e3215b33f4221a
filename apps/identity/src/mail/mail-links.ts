import { Inject, Injectable } from '@nestjs/common';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';

export const FRONTEND_PAGES = {
  verifyEmail: '/verify-email',
  resetPassword: '/reset-password',
  signIn: '/sign-in',
  undoErasure: '/undo-erasure',
} as const;

/** What a letter says about a secret: the secret itself, and where there is a front end the page that takes it. */
@Injectable()
export class MailLinks {
  constructor(@Inject(SETTINGS) private readonly settings: IdentityOwnSettings) {}

  /** The token stands behind `#`: browsers send that part to nobody, so it is in no log and no referrer. */
  withToken(page: keyof typeof FRONTEND_PAGES, token: string): Record<string, string> {
    const link = this.to(page);
    return link === undefined ? { token } : { token, link: `${link}#token=${encodeURIComponent(token)}` };
  }

  page(page: keyof typeof FRONTEND_PAGES): Record<string, string> {
    const link = this.to(page);
    return link === undefined ? {} : { link };
  }

  private to(page: keyof typeof FRONTEND_PAGES): string | undefined {
    const base = this.settings.FRONTEND_URL?.replace(/\/+$/, '');
    return base === undefined ? undefined : `${base}${FRONTEND_PAGES[page]}`;
  }
}
