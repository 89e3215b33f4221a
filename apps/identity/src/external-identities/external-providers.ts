import { Inject, Injectable } from '@nestjs/common';
import { AppError, notFound } from '#kernel';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';
import type { ExternalProvider } from './domain/provider.js';

/** The providers the operator configured. */
@Injectable()
export class ExternalProviders {
  private readonly byId: ReadonlyMap<string, ExternalProvider>;

  constructor(@Inject(SETTINGS) settings: IdentityOwnSettings) {
    this.byId = new Map(providersOf(settings).map((provider) => [provider.id, provider]));
  }

  get(id: string): ExternalProvider {
    const provider = this.byId.get(id);
    if (provider !== undefined) return provider;
    if (id !== 'google' && id !== 'linkedin') throw notFound('The sign-in provider');
    throw new AppError({
      code: 'FEATURE_DISABLED',
      kind: 'forbidden',
      message: `Signing in with ${id === 'google' ? 'Google' : 'LinkedIn'} is not set up here.`,
    });
  }
}

function providersOf(settings: IdentityOwnSettings): ExternalProvider[] {
  const { GOOGLE_CLIENT_ID: google, LINKEDIN_CLIENT_ID: linkedin } = settings;
  const providers: ExternalProvider[] = settings.OIDC_PROVIDERS.map((provider) => ({
    ...provider,
    kind: 'oidc',
    audiences: [provider.clientId],
    returnsNonce: true,
  }));
  if (google !== undefined) {
    providers.push({
      id: 'google',
      kind: 'google',
      issuer: settings.GOOGLE_ISSUER,
      clientId: google,
      clientSecret: settings.GOOGLE_CLIENT_SECRET ?? '',
      audiences: [google, ...settings.GOOGLE_APP_CLIENT_IDS],
      returnsNonce: true,
    });
  }
  if (linkedin !== undefined) {
    providers.push({
      id: 'linkedin',
      kind: 'linkedin',
      issuer: settings.LINKEDIN_ISSUER,
      clientId: linkedin,
      clientSecret: settings.LINKEDIN_CLIENT_SECRET ?? '',
      audiences: [linkedin],
      // It takes a nonce and leaves it out of the id_token.
      returnsNonce: false,
    });
  }
  return providers;
}
