import { isIP } from 'node:net';
import { isLoopback } from '../../accounts/domain/loopback.js';

export interface RelyingParty {
  /** The name passkeys are bound to: they work there and below, and nowhere else. */
  id: string;
  name: string;
  /** Pages that may ask for them. */
  origins: readonly string[];
}

export interface RelyingPartySettings {
  INSTALLATION_NAME: string;
  PASSKEY_RP_ID?: string;
  PASSKEY_ORIGINS: readonly string[];
  FRONTEND_URL?: string;
  PUBLIC_URL: string;
}

/** Undefined where the installation has no name, only an address: browsers make no passkeys for addresses. */
export function relyingPartyOf(settings: RelyingPartySettings): RelyingParty | undefined {
  const pages = [settings.FRONTEND_URL, settings.PUBLIC_URL].flatMap((page) => (page === undefined ? [] : named(page)));
  const id = settings.PASSKEY_RP_ID ?? pages[0]?.hostname;
  if (id === undefined || isIP(id.replaceAll(/[[\]]/g, '')) !== 0) return undefined;
  const own = pages
    .filter(({ hostname }) => hostname === id || hostname.endsWith(`.${id}`))
    .map(({ origin }) => origin);
  const origins = settings.PASSKEY_ORIGINS.length > 0 ? settings.PASSKEY_ORIGINS : [...new Set(own)];
  return { id, name: settings.INSTALLATION_NAME, origins };
}

/** This machine has a name that browsers take. */
function named(page: string): URL {
  const url = new URL(page);
  if (isLoopback(url.hostname.replaceAll(/[[\]]/g, ''))) url.hostname = 'localhost';
  return url;
}
