import ipaddr from 'ipaddr.js';

/** In public ranges, but answered inside of a cloud: Azure's metadata and health address. */
const INSIDE_A_CLOUD = new Set(['168.63.129.16']);
/** Not link-local like the usual one: metadata of Alibaba, and of Amazon over IPv6. */
const METADATA = new Set([...INSIDE_A_CLOUD, '100.100.100.200', 'fd00:ec2::254']);
/** Where an operator may have machines of his own. */
const OWN_RANGES: ReadonlySet<string> = new Set(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal']);
/** Global unicast; everything else in IPv6 is special, also what a list of special ranges forgets. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is on the public internet. Refuses private, loopback, link-local (and so cloud metadata), carrier
 * NAT, multicast, reserved, documentation, and every IPv6 form that carries an IPv4 address (mapped, compatible,
 * NAT64, 6to4, Teredo), because a translator may lead back inside.
 */
export function isPublicAddress(text: string): boolean {
  // A zone (fe80::1%eth0) only makes sense inside.
  if (text.includes('%') || !ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv6) return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
  return address.range() === 'unicast' && !INSIDE_A_CLOUD.has(address.toString());
}

/**
 * Public, or in a network an operator may run. Never link-local, where clouds answer with credentials, nor what is no
 * machine (multicast, reserved, unspecified), nor an IPv4 address in the clothes of IPv6.
 */
export function isPublicOrOwnAddress(text: string): boolean {
  if (isPublicAddress(text)) return true;
  if (text.includes('%') || !ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  return OWN_RANGES.has(address.range()) && !METADATA.has(address.toString());
}
