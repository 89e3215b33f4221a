import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress, isPublicOrOwnAddress } from './address.js';

export interface ResolvedAddress {
  address: string;
  family: number;
}
export type Resolver = (hostname: string) => Promise<ResolvedAddress[]>;

export const systemResolver: Resolver = (hostname) => lookup(hostname, { all: true, verbatim: true });

/** A URL (or the address behind its name) that may not be called. The text is safe to show to the person who gave it. */
export class UrlRefused extends Error {
  override readonly name = 'UrlRefused';
  readonly code = 'URL_REFUSED';
}

const NOT_ALLOWED = 'The URL leads to an address that is not on the public internet.';

/** Names that mean "inside" whatever DNS says. */
const INTERNAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa)$/;

/**
 * What can be said about a URL before its name is resolved. `new URL` has already turned decimal, octal and hex forms
 * of IPv4 into dots, full-width and encoded characters into plain ones.
 */
export function checkPublicUrl(url: URL, isAllowed: (address: string) => boolean = isPublicAddress): void {
  const host = checkLiteral(url, isAllowed);
  if (isIP(host) === 0 && (!host.includes('.') || INTERNAL_NAME.test(host))) {
    throw new UrlRefused('The URL names a host that is not on the public internet.');
  }
}

/** The same where the operator's own network is open too: names of inside are names like others. */
export function checkOwnNetworkUrl(url: URL, isAllowed: (address: string) => boolean = isPublicOrOwnAddress): void {
  checkLiteral(url, isAllowed);
}

/** An address in place of a name is never looked up, so it is checked here. Answers the host. */
function checkLiteral(url: URL, isAllowed: (address: string) => boolean): string {
  checkWebUrl(url);
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0 && !isAllowed(host)) throw new UrlRefused(NOT_ALLOWED);
  return host;
}

/** What holds for every URL, also one the operator configured. */
export function checkWebUrl(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UrlRefused('Only http and https URLs are called.');
  if (url.username !== '' || url.password !== '') throw new UrlRefused('A URL must not hold a user name or password.');
  if (url.hostname === '') throw new UrlRefused('The URL names no host.');
}

/**
 * The `lookup` of a socket. What is checked here is what is connected to: there is no second resolution a name server
 * could answer differently (rebinding). One inner address among several refuses them all.
 */
export function guardedLookup(resolve: Resolver, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (found) => {
        const wanted = options.family === 4 || options.family === 6 ? options.family : 0;
        const addresses = found.filter(({ family }) => wanted === 0 || family === wanted);
        const [first] = addresses;
        if (first === undefined) {
          return callback(Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' }), '', 0);
        }
        if (!found.every(({ address }) => isAllowed(address))) {
          return callback(new UrlRefused(NOT_ALLOWED), '', 0);
        }
        if (options.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: unknown) =>
        callback(error instanceof Error ? error : new Error('resolving failed', { cause: error }), '', 0),
    );
  };
}
