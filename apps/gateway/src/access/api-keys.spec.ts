import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeyRevokedV1, type Static, UserAccessChangedV1, type verifyApiKey } from '#contracts';
import { AppError, newId } from '#kernel';
import type { BusMessage, RpcClient } from '#messaging';
import { Logger, makeApiKey } from '#platform';
import { fakeClock } from '#testing';
import { IdentityApiKeys } from './api-keys.js';

type Answer = Static<typeof verifyApiKey.response>['key'];

/** What identity says, and how often it was asked. */
class Identity {
  readonly asked: string[] = [];
  answer: Answer = null;
  /** The answer is on its way until this resolves. */
  delay: Promise<void> = Promise.resolve();
  down = false;

  readonly client: Pick<RpcClient, 'call'> = {
    // The one contract that is asked here.
    call: async <T>(_contract: unknown, request: unknown): Promise<T> => {
      if (this.down) throw new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'unavailable', message: 'down' });
      this.asked.push((request as { hash: string }).hash);
      const answer = { key: this.answer };
      await this.delay;
      return answer as T;
    },
  };
}

class Events {
  private readonly hearers = new Map<string, (message: BusMessage) => void>();
  reconnect: () => void = () => undefined;

  readonly subscribe = (subject: string, hear: (message: BusMessage) => void) => {
    this.hearers.set(subject, hear);
    return Promise.resolve(() => Promise.resolve());
  };
  readonly onConnected = (listener: () => void) => {
    this.reconnect = listener;
  };

  tell(subject: string, envelope: unknown): void {
    this.hearers.get(subject)?.({ subject, payload: Buffer.from(JSON.stringify(envelope)), headers: {} });
  }
}

const { key, hash } = makeApiKey();
const holder = (changes: Partial<NonNullable<Answer>> = {}): NonNullable<Answer> => ({
  key_id: newId(),
  user_id: newId(),
  roles: ['user'],
  scopes: ['read:jobs'],
  email_verified: true,
  expires_at: null,
  ...changes,
});

let identity: Identity;
let events: Events;
let clock: ReturnType<typeof fakeClock>;
let keys: IdentityApiKeys;
beforeEach(async () => {
  identity = new Identity();
  events = new Events();
  clock = fakeClock();
  const logger = Logger.create({ service: 'test', level: 'silent', format: 'json' });
  keys = new IdentityApiKeys(identity.client as RpcClient, events, clock, logger);
  await keys.start();
});

describe('API keys at the door', () => {
  it('are asked for once, by their hash, and remembered for half a minute', async () => {
    identity.answer = holder();
    const { user_id, roles, scopes } = identity.answer;
    expect(await keys.verify(key)).toEqual({ user_id, roles, scopes, email_verified: true });
    await Promise.all([keys.verify(key), keys.verify(key)]);
    expect(identity.asked).toEqual([hash.toString('hex')]);
    clock.advance(30_001);
    await keys.verify(key);
    expect(identity.asked).toHaveLength(2);
  });

  it('are asked for once by all who come at the same time', async () => {
    identity.answer = holder();
    await Promise.all(Array.from({ length: 50 }, () => keys.verify(key)));
    expect(identity.asked).toHaveLength(1);
  });

  it('that are malformed are refused without asking anybody', async () => {
    for (const text of ['cck_', 'cck_unknown', `${key}A`, key.slice(0, -1), key.replace(/.$/, '!')]) {
      expect(await keys.verify(text)).toBeUndefined();
    }
    expect(identity.asked).toEqual([]);
  });

  it('that identity does not know are refused, and asked for at most every ten seconds', async () => {
    expect(await keys.verify(key)).toBeUndefined();
    expect(await keys.verify(key)).toBeUndefined();
    expect(identity.asked).toHaveLength(1);
    clock.advance(10_001);
    identity.answer = holder();
    expect(await keys.verify(key)).toBeDefined();
  });

  it('stop working on the second they expire, remembered or not', async () => {
    identity.answer = holder({ expires_at: new Date(clock.now().getTime() + 5_000).toISOString() });
    expect(await keys.verify(key)).toBeDefined();
    clock.advance(5_000);
    expect(await keys.verify(key)).toBeUndefined();
    expect(identity.asked).toHaveLength(1);
  });

  it('are forgotten when they are revoked, and only they', async () => {
    const other = makeApiKey();
    identity.answer = holder();
    const revoked = identity.answer;
    await keys.verify(key);
    identity.answer = holder();
    await keys.verify(other.key);
    identity.answer = null;
    events.tell(ApiKeyRevokedV1.subject, { data: { user_id: revoked.user_id, key_id: revoked.key_id } });
    expect(await keys.verify(key)).toBeUndefined();
    expect(await keys.verify(other.key)).toBeDefined();
  });

  it('are asked for again when the roles of their owner change', async () => {
    identity.answer = holder({ roles: ['user', 'admin'] });
    await keys.verify(key);
    const { user_id } = identity.answer;
    identity.answer = { ...identity.answer, roles: ['user'] };
    events.tell(UserAccessChangedV1.subject, { data: { ...UserAccessChangedV1.sample, user_id } });
    expect((await keys.verify(key))?.roles).toEqual(['user']);
  });

  it('are not remembered from an answer that was on its way while one was revoked', async () => {
    identity.answer = holder();
    let arrive: () => void = () => undefined;
    identity.delay = new Promise((resolve) => {
      arrive = resolve;
    });
    const first = keys.verify(key);
    await Promise.resolve();
    events.tell(ApiKeyRevokedV1.subject, {
      data: { user_id: identity.answer.user_id, key_id: identity.answer.key_id },
    });
    identity.answer = null;
    arrive();
    await first;
    expect(await keys.verify(key)).toBeUndefined();
  });

  it('are all forgotten after an event that cannot be read, and after a lost connection', async () => {
    identity.answer = holder();
    await keys.verify(key);
    events.tell(ApiKeyRevokedV1.subject, { data: { something: 'else' } });
    await keys.verify(key);
    events.reconnect();
    await keys.verify(key);
    expect(identity.asked).toHaveLength(3);
  });

  it('are not taken on trust while identity is away', async () => {
    identity.answer = holder();
    await keys.verify(key);
    clock.advance(30_001);
    identity.down = true;
    await expect(keys.verify(key)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
