import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

const keys = new LRUCache<string, string>({ max: 10_000 });

/**
 * What counts as one client. An IPv6 customer has at least a /64 and could otherwise use a new address for every
 * request; IPv4 inside IPv6 is IPv4.
 */
export function addressKey(address: string): string {
  const known = keys.get(address);
  if (known !== undefined) return known;
  const key = makeKey(address);
  keys.set(address, key);
  return key;
}

function makeKey(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

/**
 * Who asks, as services may rely on it: undefined where nobody knows. What a proxy on this machine passes on comes from
 * anywhere, so it must not look like somebody who sits here (the owner's one-time password works from loopback only).
 */
export function clientAddress({ ip, headers }: { ip: string; headers: IncomingHttpHeaders }): string | undefined {
  return isLoopback(ip) && FORWARDED_BY.some((header) => headers[header] !== undefined) ? undefined : ip;
}

const FORWARDED_BY = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto', 'via'];
const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.') || ip.startsWith('::ffff:127.');

/** Whose `X-Forwarded-For` is believed. */
export class TrustedProxies {
  private readonly networks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  constructor(networks: readonly string[]) {
    this.networks = networks.map((network) => {
      if (network.includes('/')) return ipaddr.parseCIDR(network);
      const address = ipaddr.process(network);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    });
  }

  get isEmpty(): boolean {
    return this.networks.length === 0;
  }

  trusts(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  }

  /** The last address that is not one of our proxies: what stands further left was written by whoever called them. */
  addressOf({ socket, headers }: IncomingMessage): string {
    const peer = socket.remoteAddress ?? '';
    const forwarded = [headers['x-forwarded-for'] ?? ''].flat().join(',');
    const hops = [...forwarded.split(',').map((hop) => hop.trim()), peer].filter((hop) => hop !== '').reverse();
    return hops.find((hop) => !this.trusts(hop)) ?? hops[hops.length - 1] ?? peer;
  }
}
