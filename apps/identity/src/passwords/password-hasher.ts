import { hash, parseOptions, verify, type Options } from '@node-rs/argon2';
import { AppError } from '#kernel';
import { verifyBcrypt } from './bcrypt.js';
import { isBcrypt } from './domain/bcrypt-format.js';

export interface HashSettings {
  memoryKib: number;
  iterations: number;
  /** Hashes at the same time; more than there are cores only makes all of them slower. */
  parallel: number;
  /** Hashes that may wait for their turn. */
  maxWaiting: number;
}

/**
 * argon2id (the library's default variant) with the parameters inside each hash. At most `parallel` run, a bounded
 * number waits, the rest is told to come back: a flood of sign-ins must not stop everything else.
 */
export class PasswordHasher {
  private readonly options: Options;
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy: Promise<string> | undefined;

  constructor(private readonly settings: HashSettings) {
    this.options = { memoryCost: settings.memoryKib, timeCost: settings.iterations, parallelism: 1 };
  }

  get load(): { running: number; waiting: number } {
    return { running: this.running, waiting: this.waiting.length };
  }

  hash(password: string, signal?: AbortSignal): Promise<string> {
    return this.inTurn(signal, () => hash(password, this.options));
  }

  /** Without a hash (nobody of that name) the same work is done against a decoy, and the answer is no. */
  async verify(stored: string | null, password: string, signal?: AbortSignal): Promise<boolean> {
    if (stored !== null) {
      // Taken over from another system; upgraded at the sign-in that proves it right.
      const work = isBcrypt(stored) ? verifyBcrypt : verify;
      return this.inTurn(signal, () => work(stored, password));
    }
    this.decoy ??= hash('no account has this password', this.options);
    const decoy = await this.decoy;
    await this.inTurn(signal, () => verify(decoy, password));
    return false;
  }

  /** True when the hash was made otherwise than today's. */
  isOutdated(stored: string): boolean {
    if (isBcrypt(stored)) return true;
    const { memoryCost, timeCost, parallelism } = parseOptions(stored);
    const wanted = this.options;
    return memoryCost !== wanted.memoryCost || timeCost !== wanted.timeCost || parallelism !== wanted.parallelism;
  }

  private async inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await this.takeTurn();
    try {
      // Nobody waits for the answer any more: do not spend the core.
      signal?.throwIfAborted();
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  private takeTurn(): Promise<void> {
    if (this.running < this.settings.parallel) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.settings.maxWaiting) {
      throw new AppError({
        code: 'RATE_LIMITED',
        kind: 'rate-limited',
        message: 'Too many people are signing in right now. Try again in a moment.',
        retryAfterMs: 1000,
      });
    }
    // The turn is handed over by whoever finishes, so `running` stays as it is.
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
