import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, isPublicOrOwnAddress } from './address.js';
import { checkOwnNetworkUrl, checkPublicUrl, guardedLookup, type ResolvedAddress, UrlRefused } from './url-guard.js';

const refused = [
  // IPv4
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  // IPv6
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  // not an address
  '',
  'localhost',
  '127.0.0.1.example.org',
];

describe('isPublicAddress', () => {
  it.each(refused)('refuses %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '172.15.255.255',
    '169.253.0.1',
    '192.167.1.1',
    '100.128.0.1',
    '11.0.0.1',
  ])('takes %s', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(['2001:4860:4860::8888', '2606:4700::1111', '2a00:1450:4001:81b::200e'])('takes %s', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
});

const own = [
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '::1',
  'fc00::1',
  'fd12:3456::1',
];

describe('isPublicOrOwnAddress', () => {
  it.each([...own, '8.8.8.8', '2606:4700::1111'])('takes %s', (address) =>
    expect(isPublicOrOwnAddress(address)).toBe(true),
  );

  it.each(refused.filter((address) => !own.includes(address)))('refuses %s', (address) =>
    expect(isPublicOrOwnAddress(address)).toBe(false),
  );

  it('opens nothing but the ranges an operator may run', () => {
    const opened = refused.filter((address) => isPublicOrOwnAddress(address));
    expect(opened.filter((address) => !own.includes(address))).toEqual([]);
    expect(own.filter((address) => isPublicAddress(address))).toEqual([]);
  });
});

describe('checkOwnNetworkUrl', () => {
  it.each(['http://127.0.0.1:8484/', 'http://localhost/', 'http://printer/', 'https://x.lan/', 'http://[::1]/'])(
    'takes %s',
    (url) => {
      expect(() => checkOwnNetworkUrl(new URL(url))).not.toThrow();
    },
  );

  it.each([
    'http://169.254.169.254/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://0.0.0.0/',
    'http://user:pw@10.0.0.1/',
    'file:///etc/passwd',
  ])('refuses %s', (url) => {
    expect(() => checkOwnNetworkUrl(new URL(url))).toThrow(UrlRefused);
  });
});

describe('checkPublicUrl', () => {
  it.each([
    ['a private address', 'http://10.0.0.1/'],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data/'],
    ['a decimal address', 'http://2130706433/'],
    ['an octal address', 'http://0177.0.0.1/'],
    ['a hexadecimal address', 'http://0x7f.0x0.0x0.0x1/'],
    ['a hexadecimal number', 'http://0x7f000001/'],
    ['a shortened address', 'http://127.1/'],
    ['a mixed address', 'http://0xa9.0376.43518/'],
    ['a zero address', 'http://0/'],
    ['full-width digits', 'http://１２７.０.０.１/'],
    ['circled digits', 'http://①②⑦.⓪.⓪.①/'],
    ['ideographic dots', 'http://127。0。0。1/'],
    ['percent-encoded digits', 'http://%31%32%37.0.0.1/'],
    ['a loopback IPv6 address', 'http://[::1]:5432/'],
    ['an unspecified IPv6 address', 'http://[::]/'],
    ['a mapped IPv6 address', 'http://[::ffff:169.254.169.254]/'],
    ['a mapped address in hexadecimal', 'http://[::ffff:a9fe:a9fe]/'],
    ['a NAT64 address', 'http://[64:ff9b::a9fe:a9fe]/'],
    ['a unique local address', 'http://[fd00::1]/'],
    ['localhost', 'http://localhost:8222/'],
    ['localhost in capitals', 'http://LOCALHOST/'],
    ['localhost with a final dot', 'http://localhost./'],
    ['an address with a final dot', 'http://127.0.0.1./'],
    ['a name below localhost', 'http://x.localhost/'],
    ['a name of the cluster', 'http://nats.default.svc.cluster.local:8222/'],
    ['a cloud-internal name', 'http://metadata.google.internal/'],
    ['a home router', 'http://router.home.arpa/'],
    ['a bare name', 'http://postgres:5432/'],
    ['a user name', 'https://user@example.org/'],
    ['a password that looks like a host', 'https://example.org:x@127.0.0.1/'],
    ['a file', 'file:///etc/passwd'],
    ['gopher', 'gopher://example.org/'],
    ['ftp', 'ftp://example.org/'],
    ['data', 'data:text/html,x'],
    ['javascript', 'javascript:alert(1)'],
    ['a unix socket', 'http+unix://%2fvar%2frun%2fdocker.sock/'],
  ])('refuses %s', (_what, url) => {
    expect(() => checkPublicUrl(new URL(url))).toThrow(UrlRefused);
  });

  it.each([
    'https://example.org/jobs?id=1',
    'http://example.org:8080/',
    'https://münchen.example.de/',
    'https://8.8.8.8/',
  ])('takes %s', (url) => {
    expect(() => checkPublicUrl(new URL(url))).not.toThrow();
  });
});

describe('guardedLookup', () => {
  const lookup = (found: ResolvedAddress[], options: { all?: boolean; family?: number } = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      guardedLookup(async () => found, isPublicAddress)('x.example', options, (error, address) =>
        error === null ? resolve(address) : reject(error),
      );
    });
  const v4 = (address: string): ResolvedAddress => ({ address, family: 4 });

  it('hands the socket the very addresses it checked', async () => {
    expect(await lookup([v4('8.8.8.8')])).toBe('8.8.8.8');
    expect(await lookup([v4('8.8.8.8'), v4('1.1.1.1')], { all: true })).toEqual([v4('8.8.8.8'), v4('1.1.1.1')]);
  });

  it('refuses a name that has one inner address among public ones', async () => {
    await expect(lookup([v4('8.8.8.8'), v4('10.0.0.1')], { all: true })).rejects.toThrow(UrlRefused);
    await expect(lookup([v4('8.8.8.8'), { address: 'fd00::1', family: 6 }], { family: 4 })).rejects.toThrow(UrlRefused);
  });

  it('says that a name without addresses is not there', async () => {
    await expect(lookup([])).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
