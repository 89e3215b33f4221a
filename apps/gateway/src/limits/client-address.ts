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
