import ipaddr from 'ipaddr.js';

/** Whether a request came from this very machine. An address nobody knows is not. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  // `process` also unwraps IPv4 inside IPv6 (::ffff:127.0.0.1).
  return ipaddr.process(address).range() === 'loopback';
}
