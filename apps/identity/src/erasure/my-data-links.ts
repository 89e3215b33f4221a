import { Inject, Injectable } from '@nestjs/common';
import type { IdentityOwnSettings } from '../config.js';
import { MailLinks } from '../mail/mail-links.js';
import { SETTINGS } from '../tokens.js';

/** Where mails about a person's data lead: the front end for decisions, the API itself for what is only read. */
@Injectable()
export class MyDataLinks {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly pages: MailLinks,
  ) {}

  undo(token: string): Record<string, string> {
    return this.pages.withToken('undoErasure', token);
  }

  certificate(id: string, secret: string): Record<string, string> {
    return this.toApi(`/users/me/erasure-certificate/${id}?secret=${secret}`);
  }

  download(path: string): Record<string, string> {
    return this.toApi(path);
  }

  private toApi(path: string): Record<string, string> {
    const base = this.settings.PUBLIC_API_URL?.replace(/\/+$/, '');
    return base === undefined ? {} : { link: `${base}/api/v1${path}` };
  }
}
