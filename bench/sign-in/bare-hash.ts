import { createInterface } from 'node:readline';
import { hash, verify } from '@node-rs/argon2';

/**
 * The baseline of signing in: nothing but the check of a password, with the parameters the service is set to, by so
 * many at once. Waits for plans on standard input, one JSON line each.
 */
const PASSWORD = 'seven amber windmills';
const { MEMORY_KIB, ITERATIONS } = process.env;
const stored = await hash(PASSWORD, { memoryCost: Number(MEMORY_KIB), timeCost: Number(ITERATIONS), parallelism: 1 });
process.stdout.write('ready\n');

for await (const line of createInterface({ input: process.stdin })) {
  const { atOnce, seconds } = JSON.parse(line) as { atOnce: number; seconds: number };
  const began = performance.now();
  const endsAt = began + seconds * 1000;
  let checked = 0;
  const checkOn = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      await verify(stored, PASSWORD);
      checked += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, checkOn));
  process.stdout.write(`result ${checked / ((performance.now() - began) / 1000)}\n`);
}
