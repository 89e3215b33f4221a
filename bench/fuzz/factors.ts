import { beginPasskey, beginPasskeySignIn, compileSchema, enableTotp, renewRecoveryCodes, setUpTotp } from '#contracts';
import { VirtualAuthenticator } from '#testing';
import { TOTP } from 'otpauth';

/** PUBLIC_URL as it is unless told, by the name of this machine. */
const PAGE = 'http://localhost:8002';

const TotpSetup = compileSchema(setUpTotp.response);
const EnabledTotp = compileSchema(enableTotp.response);
const RecoveryCodes = compileSchema(renewRecoveryCodes.response);
const PasskeyCreation = compileSchema(beginPasskey.response);
const PasskeyRequest = compileSchema(beginPasskeySignIn.response);

/** An authenticator app and a device with a passkey: what they answer cannot be made up from a schema. */
export class Factors {
  private readonly device = new VirtualAuthenticator({ origin: PAGE, counts: false });
  private readonly bodies = new Map<string, () => Record<string, unknown>>();

  /** Learns from what an operation answered what the next one is to be sent. */
  learn(answer: unknown): void {
    if (TotpSetup.check(answer)) {
      const { secret } = answer;
      this.bodies.set('enableTotp', () => ({ code: new TOTP({ secret }).generate() }));
    } else if (EnabledTotp.check(answer) || RecoveryCodes.check(answer)) {
      const codes = [...answer.recovery_codes];
      const proof = () => ({ code: undefined, recovery_code: codes.shift() });
      for (const operationId of ['renewRecoveryCodes', 'disableTotp']) this.bodies.set(operationId, proof);
    } else if (PasskeyCreation.check(answer)) {
      this.bodies.set('registerPasskey', () => ({ credential: this.device.create(answer) }));
    } else if (PasskeyRequest.check(answer)) {
      this.bodies.set('signInWithPasskey', () => ({ credential: this.device.get(answer) }));
    }
  }

  /** The body with what the device says in place of what the example says. */
  fill(operationId: string, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return { ...body, ...this.bodies.get(operationId)?.() };
  }
}
