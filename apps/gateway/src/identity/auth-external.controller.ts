import { Controller } from '@nestjs/common';
import {
  beginExternalSignIn,
  type CallbackParameters,
  exchangeSignInCode,
  finishExternalSignIn,
  signInWithGoogleToken,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Answer } from '../http/answer.js';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  beginGoogleOperation,
  beginLinkedInOperation,
  beginOidcOperation,
  endGoogleOperation,
  endLinkedInOperation,
  endOidcOperation,
  exchangeOperation,
  googleTokenOperation,
} from './auth-external.operations.js';

/** `__Host-`: only over TLS (or on this machine), only for this very host, never from a page of a subdomain. */
const COOKIE = '__Host-cc-sign-in';

/** Sign-in by providers. The dance itself is identity's; here it becomes redirects and a cookie. */
@Controller()
export class AuthExternalController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(googleTokenOperation)
  googleToken(input: OperationInput<typeof googleTokenOperation>, call: Call) {
    return this.rpc.callRaw(signInWithGoogleToken, input.body, call.context);
  }

  @Endpoint(beginGoogleOperation)
  beginGoogle({ query }: OperationInput<typeof beginGoogleOperation>, call: Call) {
    return this.begin({ provider: 'google', ...query }, call);
  }

  @Endpoint(endGoogleOperation)
  endGoogle({ query }: OperationInput<typeof endGoogleOperation>, call: Call) {
    return this.end('google', query, call);
  }

  @Endpoint(beginLinkedInOperation)
  beginLinkedIn({ query }: OperationInput<typeof beginLinkedInOperation>, call: Call) {
    return this.begin({ provider: 'linkedin', ...query }, call);
  }

  @Endpoint(endLinkedInOperation)
  endLinkedIn({ query }: OperationInput<typeof endLinkedInOperation>, call: Call) {
    return this.end('linkedin', query, call);
  }

  @Endpoint(beginOidcOperation)
  beginOidc({ params, query }: OperationInput<typeof beginOidcOperation>, call: Call) {
    return this.begin({ ...params, ...query }, call);
  }

  @Endpoint(endOidcOperation)
  endOidc({ params, query }: OperationInput<typeof endOidcOperation>, call: Call) {
    return this.end(params.provider, query, call);
  }

  @Endpoint(exchangeOperation)
  exchange(input: OperationInput<typeof exchangeOperation>, call: Call) {
    return this.rpc.callRaw(exchangeSignInCode, input.body, call.context);
  }

  private async begin(
    request: { provider: string; return_to?: string; link_token?: string },
    call: Call,
  ): Promise<Answer> {
    const begun = await this.rpc.call(beginExternalSignIn, request, call.context);
    const cookie = { name: COOKIE, value: begun.browser_secret, path: '/', maxAge: begun.expires_in };
    return Answer.redirect(begun.authorization_url, [cookie]);
  }

  private async end(provider: string, query: CallbackParameters, call: Call): Promise<Answer> {
    const { code, state, iss, error, error_description } = query;
    const parameters = { code, state, iss, error, error_description };
    const browser_secret = call.cookie(COOKIE);
    const ended = await this.rpc.call(finishExternalSignIn, { provider, parameters, browser_secret }, call.context);
    // The cookie has done its work. After a refusal it stays: whoever sends a browser here with nonsense must not end
    // the sign-in that it is in the middle of.
    const spent = [{ name: COOKIE, value: '', path: '/', maxAge: 0 }];
    return 'redirect_to' in ended
      ? Answer.redirect(ended.redirect_to, spent)
      : Answer.json(JSON.stringify(ended), { status: 200, cookies: spent });
  }
}
