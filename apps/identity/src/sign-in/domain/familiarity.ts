import ipaddr from 'ipaddr.js';

/** From where and with what somebody signed in. */
export interface Trace {
  address: string | null;
  userAgent: string | null;
}

/**
 * Unusual is a device never seen before at a place never seen before; one alone is a new phone or a journey. The first
 * sign-in of all is not unusual, and what is not known cannot be.
 */
export function isUnusual(now: Trace, earlier: readonly Trace[]): boolean {
  const [device, place] = [deviceOf(now), placeOf(now)];
  if (earlier.length === 0 || device === undefined || place === undefined) return false;
  return earlier.every((trace) => deviceOf(trace) !== device && placeOf(trace) !== place);
}

/** The browser without its versions, which change every few weeks. */
const deviceOf = ({ userAgent }: Trace): string | undefined => userAgent?.replaceAll(/[\d._]+/g, '');

/**
 * What stands for a country where there is no register of addresses at hand: the /16 of an IPv4 address and the /32 of
 * an IPv6 one are usually of one network operator in one country.
 */
function placeOf({ address }: Trace): string | undefined {
  if (address === null || !ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  const bits = parsed.kind() === 'ipv4' ? 2 : 4;
  return `${parsed.kind()}:${parsed.toByteArray().slice(0, bits).join('.')}`;
}
