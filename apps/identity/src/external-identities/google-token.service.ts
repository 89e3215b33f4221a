import { Injectable } from '@nestjs/common';
import type { ExternalSignInAnswer, signInWithGoogleToken, Static } from '#contracts';
import type { RpcContext } from '#messaging';
import { ExternalProviders } from './external-providers.js';
import { ExternalSignInService } from './external-sign-in.service.js';
import { OidcClient } from './oidc-client.js';

/** Google Sign-In of pages and apps: they bring the id_token themselves. */
@Injectable()
export class GoogleTokenService {
  constructor(
    private readonly providers: ExternalProviders,
    private readonly client: OidcClient,
    private readonly signInService: ExternalSignInService,
  ) {}

  async signIn(
    { id_token, nonce }: Static<typeof signInWithGoogleToken.request>,
    context: RpcContext,
  ): Promise<ExternalSignInAnswer> {
    const person = await this.client.verifyIdToken(this.providers.get('google'), id_token, nonce);
    return this.signInService.signIn(person, context);
  }
}
