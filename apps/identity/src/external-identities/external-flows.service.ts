import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { beginExternalSignIn, CallbackParameters, finishExternalSignIn, Static } from '#contracts';
import { AppError, type Clock, invalid, toAppError } from '#kernel';
import type { RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { CLOCK, FieldCipher, type FieldPlace } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { PendingSteps } from '../sign-in/pending-steps.js';
import { SETTINGS } from '../tokens.js';
import type { ExternalPerson, ExternalProvider } from './domain/provider.js';
import { type ExternalFlowRow, ExternalFlowRepository } from './external-flow.repository.js';
import { ExternalProviders } from './external-providers.js';
import { ExternalSignInService } from './external-sign-in.service.js';
import { externalSignInFailed, type FlowSecrets, OidcClient } from './oidc-client.js';

/** People read the provider's page, find their password, take out their phone. */
const FLOW_MS = 10 * 60_000;
const CONFIRM_LINK_MS = 5 * 60_000;

type Finished = Static<typeof finishExternalSignIn.response>;

/**
 * The redirect dance. `state` finds it, a cookie binds it to the browser that started it, PKCE binds the code to it,
 * the nonce binds the id_token to it; taking it out of the table makes it good once.
 */
@Injectable()
export class ExternalFlowsService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly providers: ExternalProviders,
    private readonly client: OidcClient,
    private readonly flows: ExternalFlowRepository,
    private readonly steps: PendingSteps,
    private readonly signIn: ExternalSignInService,
    private readonly cipher: FieldCipher,
  ) {}

  async begin(
    request: Static<typeof beginExternalSignIn.request>,
  ): Promise<Static<typeof beginExternalSignIn.response>> {
    const provider = this.providers.get(request.provider);
    const returnTo = this.returnPage(request.return_to);
    const secrets: FlowSecrets = { state: random(), nonce: random(), codeVerifier: random() };
    const browserSecret = random();
    const authorization_url = await this.client.authorizationUrl(provider, this.redirectUri(provider), secrets);
    const now = this.clock.now();
    await this.unitOfWork.run(async (tx) => {
      const linkUserId = await this.linkingUser(tx, request.link_token);
      const flow = {
        browserHash: hashOf(browserSecret),
        provider: provider.id,
        secretsSealed: this.cipher.encrypt(JSON.stringify(secrets), placeOf(secrets.state)),
        returnTo,
        linkUserId,
        expiresAt: new Date(now.getTime() + FLOW_MS),
      };
      await this.flows.insert(tx, hashOf(secrets.state), flow);
    });
    return { authorization_url, browser_secret: browserSecret, expires_in: FLOW_MS / 1000 };
  }

  async finish({ provider: id, parameters, browser_secret }: Callback, context: RpcContext): Promise<Finished> {
    const provider = this.providers.get(id);
    const { state } = parameters;
    if (state === undefined || browser_secret === undefined) throw externalSignInFailed();
    const flow = await this.unitOfWork.run((tx) => this.flows.take(tx, hashOf(state), hashOf(browser_secret)));
    // Nothing is sent anywhere before state and cookie were right.
    if (flow === undefined || flow.provider !== provider.id || flow.expiresAt <= this.clock.now()) {
      throw externalSignInFailed();
    }
    try {
      const callback = this.callbackUrl(provider, parameters);
      const person = await this.client.redeem(provider, callback, this.secretsOf(flow, state));
      return await this.end(flow, person, context);
    } catch (error) {
      if (flow.returnTo === null || !(error instanceof AppError)) throw error;
      return { redirect_to: withFragment(flow.returnTo, { error: toAppError(error).code }) };
    }
  }

  private async end(flow: ExternalFlowRow, person: ExternalPerson, context: RpcContext): Promise<Finished> {
    const { returnTo, linkUserId } = flow;
    if (linkUserId !== null) {
      const content = JSON.stringify(person);
      const wanted = { userId: linkUserId, method: person.kind, content, lifeMs: CONFIRM_LINK_MS };
      const link_code = await this.unitOfWork.run((tx) => this.steps.begin(tx, 'link', wanted));
      return returnTo === null ? { link_code } : { redirect_to: withFragment(returnTo, { link_code }) };
    }
    if (returnTo === null) return this.signIn.signIn(person, context);
    return { redirect_to: withFragment(returnTo, { code: await this.signIn.handOver(person, context) }) };
  }

  private async linkingUser(
    tx: Parameters<PendingSteps['take']>[0],
    token: string | undefined,
  ): Promise<string | null> {
    if (token === undefined) return null;
    const step = await this.steps.take(tx, 'link-start', token);
    if (step === undefined) throw externalSignInFailed();
    return step.userId;
  }

  /** Exactly one of the operator's pages: an open redirect would hand codes to strangers. */
  private returnPage(wanted: string | undefined): string | null {
    const allowed = this.settings.SIGN_IN_RETURN_URLS;
    if (wanted === undefined) return allowed[0] ?? null;
    if (allowed.includes(wanted)) return wanted;
    throw invalid([{ field: 'return_to', message: 'is not one of the pages this installation allows' }]);
  }

  private redirectUri({ id, kind }: ExternalProvider): string {
    const base = this.settings.PUBLIC_URL.replace(/\/+$/, '');
    return `${base}/api/v1/auth/${kind === 'oidc' ? `oidc/${id}` : id}/callback`;
  }

  private callbackUrl(provider: ExternalProvider, parameters: CallbackParameters): URL {
    const url = new URL(this.redirectUri(provider));
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  private secretsOf({ secretsSealed }: ExternalFlowRow, state: string): FlowSecrets {
    const { nonce, codeVerifier } = JSON.parse(this.cipher.decrypt(secretsSealed, placeOf(state))) as FlowSecrets;
    return { state, nonce, codeVerifier };
  }
}

type Callback = Static<typeof finishExternalSignIn.request>;

const random = (): string => randomBytes(32).toString('base64url');
const hashOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
const placeOf = (owner: string): FieldPlace => ({ table: 'identity.external_flow', column: 'secrets_sealed', owner });

/** Behind `#`: it is sent to nobody and stands in no log. */
const withFragment = (page: string, values: Record<string, string>): string =>
  `${page}#${new URLSearchParams(values).toString()}`;
