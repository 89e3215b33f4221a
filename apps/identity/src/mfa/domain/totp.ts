import { Secret, TOTP } from 'otpauth';

/** What every authenticator app understands (RFC 6238 with the defaults of the key URI format). */
const SHAPE = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Clocks of phones are a little off: one step before and one after (RFC 6238 5.2). */
const WINDOW = 1;

/** 160 random bits, the length RFC 4226 recommends, in base32. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** `otpauth://totp/…`, what stands in the QR code. */
export const keyUri = (secret: string, issuer: string, label: string): string =>
  new TOTP({ ...SHAPE, secret, issuer, label }).toString();

/** The time step this is the code of, near this moment; undefined for a wrong code. Compared in constant time. */
export function stepOf(secret: string, code: string, at: Date): number | undefined {
  const timestamp = at.getTime();
  const totp = new TOTP({ ...SHAPE, secret });
  const delta = totp.validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? undefined : totp.counter({ timestamp }) + delta;
}
