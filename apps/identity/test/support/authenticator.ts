import { enableTotp, type EnabledTotp, setUpTotp } from '#contracts';
import { TOTP } from 'otpauth';
import type { IdentityApp, SignedIn } from '../integration/identity-app.js';

const STEP_MS = 30_000;

/** An app on somebody's phone, whose clock is that of the test. */
export class Authenticator {
  constructor(
    private readonly secret: string,
    private readonly clock: IdentityApp['clock'],
  ) {}

  /** What it shows now, or showed or will show some steps away. */
  code(steps = 0): string {
    return new TOTP({ secret: this.secret }).generate({ timestamp: this.clock.now().getTime() + steps * STEP_MS });
  }

  /** Waits until it shows another code: each is good once. */
  next(): string {
    this.clock.advance(STEP_MS);
    return this.code();
  }

  /** Six digits that are none of those that are good now. */
  wrong(): string {
    const good = new Set([-1, 0, 1].map((steps) => this.code(steps)));
    for (let at = 0; ; at += 1) {
      const code = String(at).padStart(6, '0');
      if (!good.has(code)) return code;
    }
  }
}

export interface Protected extends SignedIn {
  authenticator: Authenticator;
  enabled: EnabledTotp;
}

/** Somebody whose address is confirmed, and whose account takes a second factor. */
export async function withAuthenticator(app: IdentityApp, person?: SignedIn): Promise<Protected> {
  const owner = person ?? (await app.register());
  await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [owner.user.id]);
  const { secret } = await app.ask(setUpTotp, { current_password: owner.password }, owner.context);
  const authenticator = new Authenticator(secret, app.clock);
  const enabled = await app.ask(enableTotp, { code: authenticator.code() }, owner.context);
  return { ...owner, authenticator, enabled };
}
