import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Clock } from '#kernel';
import { CachedValues, CLOCK, Logger, OutboundHttp } from '#platform';
import { createRemoteJWKSet, customFetch as joseFetch, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import { isLoopback } from '../accounts/domain/loopback.js';
import { type ExternalPerson, type ExternalProvider, personOf } from './domain/provider.js';
import { providerFetch, ProviderUnreachable } from './provider-fetch.js';

export interface FlowSecrets {
  state: string;
  nonce: string;
  codeVerifier: string;
}

interface Discovered {
  config: oidc.Configuration;
  keys: JWTVerifyGetKey;
}

/** Providers change endpoints rarely, keys are asked for by their id anyway. */
const DISCOVERY_TTL_MS = 3_600_000;
const CLOCK_SKEW_S = 60;
/** No shared secrets: whoever knows one could sign people in. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const SCOPE = 'openid email profile';

/** One OpenID Connect code path for Google, LinkedIn and every other provider (docs/adr has the reason). */
@Injectable()
export class OidcClient {
  private readonly discovered: CachedValues<Discovered>;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly http: OutboundHttp,
    private readonly logger: Logger,
  ) {
    this.discovered = new CachedValues({ ttlMs: DISCOVERY_TTL_MS, maxEntries: 50, clock });
  }

  /** Where the browser goes to. */
  async authorizationUrl(provider: ExternalProvider, redirectUri: string, secrets: FlowSecrets): Promise<string> {
    const { config } = await this.discover(provider);
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state: secrets.state,
      ...(provider.returnsNonce ? { nonce: secrets.nonce } : {}),
      code_challenge: await oidc.calculatePKCECodeChallenge(secrets.codeVerifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  /** Trades the code. Checks state, issuer, PKCE, signature, audience, times and nonce; throws 401 for everything wrong. */
  async redeem(provider: ExternalProvider, callback: URL, secrets: FlowSecrets): Promise<ExternalPerson> {
    const { config } = await this.discover(provider);
    return this.refusing(provider, async () => {
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        expectedState: secrets.state,
        expectedNonce: provider.returnsNonce ? secrets.nonce : undefined,
        pkceCodeVerifier: secrets.codeVerifier,
        idTokenExpected: true,
      });
      const claims: Readonly<Record<string, unknown>> = tokens.claims() ?? {};
      const isComplete = 'email' in claims || config.serverMetadata().userinfo_endpoint === undefined;
      const more = isComplete ? {} : await oidc.fetchUserInfo(config, tokens.access_token, String(claims['sub']));
      return personOf(provider, { ...more, ...claims });
    });
  }

  /** An id_token that an app or a page got from the provider itself. */
  async verifyIdToken(provider: ExternalProvider, idToken: string, nonce?: string): Promise<ExternalPerson> {
    const { keys } = await this.discover(provider);
    return this.refusing(provider, async () => {
      const { payload } = await jwtVerify(idToken, keys, {
        algorithms: ALGORITHMS,
        issuer: issuersOf(provider),
        audience: [...provider.audiences],
        clockTolerance: CLOCK_SKEW_S,
        currentDate: this.clock.now(),
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      const { aud, azp } = payload;
      // A token for several parties was not made for us alone.
      if (Array.isArray(aud) && aud.length > 1) return undefined;
      if (azp !== undefined && !provider.audiences.some((audience) => audience === azp)) return undefined;
      if (nonce !== undefined && payload['nonce'] !== nonce) return undefined;
      return personOf(provider, payload);
    });
  }

  private async discover(provider: ExternalProvider): Promise<Discovered> {
    try {
      return await this.discovered.get(provider.id, () => this.ask(provider));
    } catch (error) {
      // Also an answer that makes no sense: whoever wants to sign in cannot do anything about it.
      throw this.unreachable(provider, error);
    }
  }

  private async ask(provider: ExternalProvider): Promise<Discovered> {
    const issuer = new URL(provider.issuer);
    const fetchIt = providerFetch(this.http, provider);
    this.http.configureHost(issuer.host, { concurrency: 8, burst: 8 });
    const isLocal = issuer.hostname === 'localhost' || isLoopback(issuer.hostname);
    const config = await oidc.discovery(
      issuer,
      provider.clientId,
      { client_secret: provider.clientSecret, [oidc.clockTolerance]: CLOCK_SKEW_S },
      oidc.ClientSecretPost(provider.clientSecret),
      {
        // Signatures count even for what came over TLS from the token endpoint.
        execute: [oidc.enableNonRepudiationChecks, ...(isLocal ? [oidc.allowInsecureRequests] : [])],
        [oidc.customFetch]: fetchIt,
      },
    );
    const { jwks_uri: keysAt } = config.serverMetadata();
    if (keysAt === undefined) throw new Error('the provider publishes no keys');
    return {
      config,
      keys: createRemoteJWKSet(new URL(keysAt), { [joseFetch]: (url, options) => fetchIt(url, plain(options)) }),
    };
  }

  private async refusing(
    provider: ExternalProvider,
    work: () => Promise<ExternalPerson | undefined>,
  ): Promise<ExternalPerson> {
    try {
      const person = await work();
      if (person !== undefined) return person;
    } catch (error) {
      if (isUnreachable(error)) throw this.unreachable(provider, error);
      if (!isRefusal(error)) throw error;
      // The name of the check that failed, for the operator; the message may quote what the provider said of a person.
      const check = String(Reflect.get(error, 'code') ?? error.name);
      this.logger.info('a sign-in by a provider was refused', { provider: provider.id, check });
    }
    throw externalSignInFailed();
  }

  private unreachable(provider: ExternalProvider, error: unknown): AppError {
    this.logger.warn('a sign-in provider cannot be used', { provider: provider.id }, error);
    return new AppError({
      code: 'PROVIDER_UNAVAILABLE',
      kind: 'unavailable',
      message: `The sign-in provider ${provider.id} cannot be reached right now.`,
    });
  }
}

/** Google signs with either form. */
const issuersOf = ({ kind, issuer }: ExternalProvider): string[] =>
  kind === 'google' ? [issuer, issuer.replace(/^https:\/\//, '')] : [issuer];

const plain = ({ method, headers }: { method: string; headers: Headers }) => ({
  method,
  headers: Object.fromEntries(headers.entries()),
});

function isUnreachable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProviderUnreachable || cause instanceof errors.JWKSTimeout) return true;
  }
  return false;
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof errors.JOSEError ||
  error instanceof oidc.ClientError ||
  error instanceof oidc.ResponseBodyError ||
  error instanceof oidc.AuthorizationResponseError ||
  error instanceof oidc.WWWAuthenticateChallengeError;

/** One answer for every check: which one failed is in the log. */
export const externalSignInFailed = (): AppError =>
  new AppError({
    code: 'EXTERNAL_SIGN_IN_FAILED',
    kind: 'unauthenticated',
    message: 'The sign-in with the provider failed or was cancelled. Start it again.',
  });
