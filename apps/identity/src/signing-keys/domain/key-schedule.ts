/** When which signing key is used. Times are epoch ms. */
export interface KeyTimes {
  kid: string;
  activatesAt: number;
  /** From here on nothing it signed is accepted any more; null while it is in use. */
  retiresAt: number | null;
}

/** The key that signs now: the youngest active one. */
export function signerOf<K extends KeyTimes>(keys: readonly K[], now: number): K | undefined {
  return keys
    .filter((key) => key.activatesAt <= now && (key.retiresAt === null || key.retiresAt > now))
    .reduce<K | undefined>(
      (best, key) => (best === undefined || key.activatesAt > best.activatesAt ? key : best),
      undefined,
    );
}

/** Keys a verifier must know: the coming one (published ahead), the current one, and old ones until their tokens end. */
export const publishedKeys = <K extends KeyTimes>(keys: readonly K[], now: number): K[] =>
  keys.filter((key) => key.retiresAt === null || key.retiresAt > now);

/** Whether it is time for a new key: the current one is too old and no successor waits. */
export function rotationIsDue(keys: readonly KeyTimes[], maxAgeMs: number, now: number): boolean {
  const signer = signerOf(keys, now);
  if (signer === undefined) return true;
  const successorWaits = keys.some((key) => key.activatesAt > now);
  return !successorWaits && now - signer.activatesAt >= maxAgeMs;
}
