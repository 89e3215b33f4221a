import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  timeoutMs?: number;
  everyMs?: number;
}

/**
 * Repeats `assertion` until it holds; then throws its last error, saying how long it was tried. Patient, since only what
 * is wrong takes that long: a busy machine is no failure.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, patience: Patience = {}): Promise<T> {
  const { timeoutMs = 20_000, everyMs = 20 } = patience;
  const giveUpAt = performance.now() + timeoutMs;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= giveUpAt) {
        if (error instanceof Error) error.message = `not within ${timeoutMs} ms (${attempts} tries): ${error.message}`;
        throw error;
      }
    }
    await sleep(everyMs);
  }
}
