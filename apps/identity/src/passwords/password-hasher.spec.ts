import { describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { PasswordHasher } from './password-hasher.js';

const settings = { memoryKib: 19_456, iterations: 2, parallel: 2, maxWaiting: 2 };

describe('PasswordHasher', () => {
  it('makes argon2id hashes with the wanted parameters and recognises the password', async () => {
    const hasher = new PasswordHasher(settings);
    const stored = await hasher.hash('correct horse');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(stored, 'correct horse')).toBe(true);
    expect(await hasher.verify(stored, 'Correct horse')).toBe(false);
    expect(await hasher.hash('correct horse')).not.toBe(stored);
  });

  it('says no to everything where there is no hash, even to the decoy itself', async () => {
    const hasher = new PasswordHasher(settings);
    expect(await hasher.verify(null, 'no account has this password')).toBe(false);
  });

  it('knows hashes of other parameters as outdated', async () => {
    const hasher = new PasswordHasher(settings);
    expect(hasher.isOutdated(await hash('x', { memoryCost: 8192, timeCost: 2, parallelism: 1 }))).toBe(true);
    expect(hasher.isOutdated(await hasher.hash('x'))).toBe(false);
  });

  it('verifies bcrypt hashes that were taken over, as outdated ones', async () => {
    const hasher = new PasswordHasher(settings);
    const taken = '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
    expect(await hasher.verify(taken, 'U*U')).toBe(true);
    expect(await hasher.verify(taken, 'U*V')).toBe(false);
    expect(hasher.isOutdated(taken)).toBe(true);
  });

  it('runs a bounded number, queues a bounded number and tells the rest to come back', async () => {
    const hasher = new PasswordHasher(settings);
    const outcomes = await Promise.allSettled(Array.from({ length: 7 }, (_, i) => hasher.hash(`password ${i}`)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(3);
    for (const { reason } of refused) expect(reason).toMatchObject({ kind: 'rate-limited', code: 'RATE_LIMITED' });
    // Every turn was handed back: the same number goes again.
    await expect(Promise.all(Array.from({ length: 4 }, () => hasher.hash('again')))).resolves.toHaveLength(4);
  });

  it('does not hash for somebody who has gone', async () => {
    const hasher = new PasswordHasher(settings);
    const gone = AbortSignal.abort(new Error('deadline passed'));
    await expect(hasher.hash('x', gone)).rejects.toThrow('deadline passed');
    await expect(hasher.hash('x')).resolves.toContain('$argon2id$');
  });
});
