import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IdentitySecrets } from '../secrets/identity-secrets.js';

interface Fetchable {
  id: string;
  expiresAt: Date;
}

/**
 * The link of an export works without a session, so that a mail can carry it: 256 bits, bound to the export and to its
 * end. Made from a key, so nothing in the database opens the file.
 */
@Injectable()
export class ExportLink {
  constructor(private readonly secrets: IdentitySecrets) {}

  /** Below /api/v1. */
  pathOf(file: Fetchable): string {
    return `/users/me/export/${file.id}/download?token=${this.tokenOf(file).toString('base64url')}`;
  }

  opens(token: string, file: Fetchable): boolean {
    const given = Buffer.from(token, 'base64url');
    const right = this.tokenOf(file);
    return given.byteLength === right.byteLength && timingSafeEqual(given, right);
  }

  private tokenOf({ id, expiresAt }: Fetchable): Buffer {
    return this.secrets.hmac('export', `${id} ${expiresAt.getTime()}`);
  }
}
