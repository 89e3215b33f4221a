import type { OutboundHttp, OutboundOutcome } from '#platform';

/** The provider did not answer: nothing is known about the person, and trying again later may help. */
export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable';
}

interface FetchOptions {
  method: string;
  headers: Record<string, string>;
  body?: unknown;
}

const MAX_BYTES = 512 * 1024;
const TIMEOUT_MS = 4_000;

/**
 * `fetch` for the OpenID libraries over our own client: bounded in time and size, no redirects. The issuer's own origin
 * is the operator's choice; what its discovery document names elsewhere must lie on the public internet.
 */
export function providerFetch(http: OutboundHttp, provider: { id: string; issuer: string }) {
  const home = new URL(provider.issuer).origin;
  return async (url: string, { method, headers, body }: FetchOptions): Promise<Response> => {
    const isRead = method === 'GET';
    const outcome = await http.request({
      target: `oidc-${provider.id}`,
      url,
      policy: new URL(url).origin === home ? 'trusted' : 'public-only',
      method: isRead ? 'GET' : 'POST',
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      body: formOf(body),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      maxRedirects: 0,
      retries: isRead ? 1 : 0,
    });
    return responseOf(outcome);
  };
}

/** All that OpenID clients send is a form. */
const formOf = (body: unknown): string | undefined =>
  typeof body === 'string' || body instanceof URLSearchParams ? body.toString() : undefined;

function responseOf(outcome: OutboundOutcome): Response {
  if (outcome.kind === 'ok') {
    const headers = { 'content-type': outcome.headers['content-type'] ?? 'application/octet-stream' };
    return new Response(new Uint8Array(outcome.body), { status: outcome.status, headers });
  }
  const status = 'status' in outcome ? outcome.status : undefined;
  const saidNo = outcome.kind === 'blocked' || outcome.kind === 'not-found' || isRefusal(outcome);
  if (!saidNo || status === undefined) {
    throw new ProviderUnreachable(outcome.kind === 'failed' ? outcome.reason : outcome.kind);
  }
  const detail = 'detail' in outcome ? outcome.detail : undefined;
  return new Response(detail ?? '{}', { status, headers: { 'content-type': 'application/json' } });
}

const isRefusal = (outcome: OutboundOutcome): boolean => outcome.kind === 'failed' && outcome.reason === 'refused';
