const FIRST_MS = 60_000;
const LONGEST_MS = 6 * 3_600_000;

/** A service that does not answer is asked again after a minute, two, four … and at last every six hours, for ever. */
export const nextAskAt = (now: Date, askedBefore: number): Date =>
  new Date(now.getTime() + Math.min(FIRST_MS * 2 ** Math.min(askedBefore, 20), LONGEST_MS));
