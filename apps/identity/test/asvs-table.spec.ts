import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const SPECS: Readonly<Record<string, string>> = {
  'forged-tokens': 'apps/gateway/src/access/forged-tokens.spec.ts',
  'external-sign-in-door': 'apps/standalone/test/external-sign-in-door.spec.ts',
  'identity-door': 'apps/standalone/test/identity-door.spec.ts',
  'api-keys-door': 'apps/standalone/test/api-keys-door.spec.ts',
  'api-keys-at-the-door': 'apps/gateway/src/access/api-keys.spec.ts',
  'api-key-format': 'libs/platform/src/crypto/api-key.spec.ts',
  letters: 'apps/notifications/src/delivery/letters/letters.spec.ts',
  mail: 'apps/notifications/test/integration/mail.spec.ts',
  'mail-domain': 'apps/notifications/src/delivery/domain/domain.spec.ts',
  'people-door': 'apps/standalone/test/people-door.spec.ts',
  pair: 'apps/identity/src/connections/domain/pair.spec.ts',
  shown: 'apps/identity/src/public-profile/domain/shown.spec.ts',
  'picture-encoder': 'apps/identity/src/avatar/picture-encoder.spec.ts',
  'uploaded-file': 'apps/gateway/src/http/uploaded-file.spec.ts',
};
const fileOf = (spec: string): string => SPECS[spec] ?? `apps/identity/test/integration/${spec}.spec.ts`;

const table = readFileSync('docs/security/asvs.md', 'utf8');
const rows = [...table.matchAll(/^\| (?<number>[\d., ]+) \| [^|]+ \| (?<spec>[\w-]+) \| `(?<test>[^`]+)` \|$/gm)].map(
  ({ groups }) => ({ number: groups?.['number'] ?? '', spec: groups?.['spec'] ?? '', test: groups?.['test'] ?? '' }),
);

describe('docs/security/asvs.md', () => {
  it('has no row that this test cannot read', () => {
    expect(table.match(/^\| \d/gm)).toHaveLength(rows.length);
  });

  it.each(rows)('$number names a test that exists: $spec, $test', ({ spec, test }) => {
    // As it stands in the source, where a quote in the name may be escaped.
    expect(readFileSync(fileOf(spec), 'utf8').replaceAll(String.raw`\'`, `'`)).toContain(test);
  });
});
