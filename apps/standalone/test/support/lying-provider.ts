import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
/** What it says at one path, instead of the truth. */
export type Lie = (response: ServerResponse) => unknown;

export const LIAR = { clientId: 'our-client', clientSecret: 'a secret of this test suite alone' } as const;

/**
 * An OpenID Connect provider with no more than the answers it gives to us, each of which can be replaced. People are not
 * asked anything: whoever begins comes back at once.
 */
export class LyingProvider {
  /** Who comes back. */
  person: JWTPayload = {};
  readonly lies = new Map<string, Lie>();
  /** What was sent to the token endpoint last. */
  tokenRequest = new URLSearchParams();
  readonly asked: string[] = [];
  private keys: { kid: string; key: Key; jwk: JWK }[] = [];

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {}

  static async start(): Promise<LyingProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const provider = new LyingProvider(server, `http://127.0.0.1:${port}`);
    await provider.rotate();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      provider.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    return provider;
  }

  /** A new key, and none of the old ones. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const kid = `key-${Date.now()}`;
    this.keys = [{ kid, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } }];
  }

  get document(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/auth`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/me`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** The truth about the person, for the dance that began at `authorizationUrl`. */
  claims(authorizationUrl: URL): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const nonce = authorizationUrl.searchParams.get('nonce');
    return { iss: this.issuer, aud: LIAR.clientId, nonce, iat: now, exp: now + 300, ...this.person };
  }

  sign(claims: JWTPayload): Promise<string> {
    const [newest] = this.keys;
    if (newest === undefined) throw new Error('no key was made');
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: newest.kid }).sign(newest.key);
  }

  /** The verifier that came with the code belongs to the challenge the dance began with. */
  isProven(authorizationUrl: URL): boolean {
    const verifier = this.tokenRequest.get('code_verifier') ?? '';
    return (
      createHash('sha256').update(verifier).digest('base64url') === authorizationUrl.searchParams.get('code_challenge')
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.asked.push(path);
    if (path === '/token') this.tokenRequest = new URLSearchParams(await text(request));
    const lie = this.lies.get(path);
    if (lie !== undefined) await lie(response);
    else if (path === '/.well-known/openid-configuration') sendJson(response, this.document);
    else if (path === '/jwks') sendJson(response, { keys: this.keys.map(({ jwk }) => jwk) });
    else if (path === '/me') sendJson(response, this.person);
    else response.writeHead(404).end();
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
