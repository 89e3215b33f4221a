import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from '#testing';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';

export interface Claims {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** A real OpenID Connect provider that stands in for Google, LinkedIn and everybody else. */
export interface IdentityProvider {
  issuer: string;
  /** Whoever opens its pages next is this person; undefined refuses. */
  person: Claims | undefined;
  /** What the token endpoint says instead of the truth. */
  tokenAnswer: ((real: Record<string, unknown>) => unknown) | undefined;
  /** Signs with the provider's own key, or with another. */
  sign(claims: JWTPayload, options?: { key?: SigningKey; alg?: string; kid?: string }): Promise<string>;
  stop(): Promise<void>;
}

export const CLIENTS = { google: 'google-client', linkedin: 'linkedin-client', oidc: 'keycloak-client' } as const;
export const CLIENT_SECRET = 'a secret that only this test suite knows';
const KID = 'provider-key';

export async function startIdentityProvider(
  redirectUris: Record<keyof typeof CLIENTS, string>,
): Promise<IdentityProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: KID, alg: 'RS256', use: 'sig' };
  const people = new Map<string, Claims>();

  const provider = new Provider(issuer, {
    clients: (['google', 'linkedin', 'oidc'] as const).map((name) => ({
      client_id: CLIENTS[name],
      client_secret: CLIENT_SECRET,
      redirect_uris: [redirectUris[name]],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_post',
    })),
    jwks: { keys: [jwk] },
    cookies: { keys: ['for this test only'] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
  });

  const handle = provider.callback();
  const state: IdentityProvider = {
    issuer,
    person: undefined,
    tokenAnswer: undefined,
    sign: (claims, { key = privateKey, alg = 'RS256', kid = KID } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key),
    stop: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    const { person } = state;
    if (person === undefined) {
      await provider.interactionFinished(request, response, { error: 'access_denied' });
      return;
    }
    people.set(person.sub, person);
    const grant = new provider.Grant({ accountId: person.sub, clientId: String(params['client_id']) });
    grant.addOIDCScope('openid email profile');
    const grantId = await grant.save();
    const result = { login: { accountId: person.sub }, consent: { grantId } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  const server = createServer((request, response) => {
    if (request.url === '/impostor/.well-known/openid-configuration') {
      // The discovery document of somebody else, at an address of its own.
      void fetch(`${issuer}/.well-known/openid-configuration`)
        .then((answer) => answer.text())
        .then((text) => response.setHeader('content-type', 'application/json').end(text));
    } else if (request.url?.startsWith('/interaction/') === true) {
      interact(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    } else if (request.url === '/token' && state.tokenAnswer !== undefined) {
      answerToken(request, response, handle, state.tokenAnswer);
    } else {
      void handle(request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return state;
}

/** Lets the provider answer, then says something else. */
function answerToken(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  change: NonNullable<IdentityProvider['tokenAnswer']>,
): void {
  const end = response.end.bind(response);
  const replace = async (body: string): Promise<void> => {
    const changed = JSON.stringify(await change(JSON.parse(body)));
    response.setHeader('content-length', Buffer.byteLength(changed));
    end(changed);
  };
  response.end = ((body: unknown) => {
    replace(String(body)).catch((error: unknown) => end(String(error)));
    return response;
  }) as ServerResponse['end'];
  void handle(request, response);
}

/** Follows redirects and keeps cookies, as a browser does; stops where `isEnd` says. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  async walk(start: string, isEnd: (url: URL) => boolean): Promise<URL> {
    let url = new URL(start);
    for (let steps = 0; steps < 12; steps += 1) {
      const location = (await this.get(url)).headers.get('location');
      if (location === null) throw new Error(`no way on at ${url.origin}${url.pathname}`);
      url = new URL(location, url);
      if (isEnd(url)) return url;
    }
    throw new Error('the walk does not end');
  }

  async get(url: URL | string): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', ...value] = pair.split('=');
      const isGone = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
      if (isGone) jar.delete(name);
      else jar.set(name, value.join('='));
    }
    return response;
  }
}
