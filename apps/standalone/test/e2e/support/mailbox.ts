import { eventually } from '#testing';
import type { ApiClient } from './api-client.js';

/** Text of a letter, read where an installation without a mail server keeps it: as an admin at this machine. */
export async function letterTo(api: ApiClient, token: string, address: string, kind: string): Promise<string> {
  return eventually(async () => {
    const { mails } = (await api.get('/admin/outbox?per_page=100', { token })).body;
    const found = mails.find((mail: { to: string; kind: string }) => mail.to === address && mail.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} to ${address}`);
    return String(found.text);
  });
}

/** The token in it. */
export async function tokenIn(api: ApiClient, token: string, address: string, kind: string): Promise<string> {
  return /ccmt_[\w-]+/.exec(await letterTo(api, token, address, kind))?.[0] ?? '';
}
