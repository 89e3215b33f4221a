import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#kernel';
import { receiverUrl } from './receiver-url.js';

const refusal = (url: string, allowsOwnNetwork = false): unknown => {
  try {
    return receiverUrl(url, allowsOwnNetwork);
  } catch (error) {
    return error;
  }
};
const namesUrl = { code: 'VALIDATION_ERROR', details: [expect.objectContaining({ field: 'url' })] };

describe('the URL of a webhook', () => {
  it.each([
    ['https://hooks.example/x?a=1', 'https://hooks.example/x?a=1'],
    ['HTTPS://Hooks.Example', 'https://hooks.example/'],
    ['https://hooks.example:8443/x#part', 'https://hooks.example:8443/x'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ])('%s is kept as %s', (given, kept) => {
    expect(receiverUrl(given, false)).toBe(kept);
  });

  it.each([
    '',
    'hooks.example',
    'http://hooks.example/',
    'ftp://hooks.example/',
    'javascript:alert(1)',
    'https://user:pw@hooks.example/',
    'https://localhost/',
    'https://postgres:5432/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://metadata.google.internal/',
    'https://１２７.０.０.１/',
  ])('%j is refused by name', (url) => {
    expect(refusal(url)).toMatchObject(namesUrl);
  });

  it.each(['http://127.0.0.1:8484/', 'http://localhost:8484/', 'https://10.0.0.8/x', 'http://printer.lan/'])(
    '%s is taken where the operator opened his own network',
    (url) => {
      expect(receiverUrl(url, true)).toBe(url);
    },
  );

  it.each([
    'http://169.254.169.254/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://user@10.0.0.1/',
    'file:///etc/passwd',
  ])('%s is refused even there', (url) => {
    expect(refusal(url, true)).toMatchObject(namesUrl);
  });

  it('is taken or refused by name, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `https://${text}`),
        ),
        (text) => {
          const kept = refusal(text);
          if (typeof kept === 'string') expect(receiverUrl(kept, false)).toBe(kept);
          else expect(kept).toBeInstanceOf(AppError);
        },
      ),
    );
  });
});
