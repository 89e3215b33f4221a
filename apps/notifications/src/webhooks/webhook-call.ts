import { Inject, Injectable } from '@nestjs/common';
import type { WebhookError } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK, FieldCipherError, Logger, OutboundHttp, type OutboundOutcome } from '#platform';
import { Webhook } from 'standardwebhooks';
import type { ClaimedCall } from './webhook-queue.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { payloadOf } from './webhook-view.js';

/** What came of one call. */
export interface CallResult {
  error: WebhookError | null;
  statusCode: number | null;
  /** The start of what a receiver said when it refused. */
  answer: string | null;
  /** The receiver wants no calls before. */
  notBefore?: Date;
  durationMs: number;
}

export const CALL_TIMEOUT_MS = 15_000;
const ANSWER_CHARACTERS = 256;

/** One signed call, and nothing but that: it is the caller who claims, repeats and writes down. */
@Injectable()
export class WebhookCall {
  constructor(
    private readonly http: OutboundHttp,
    private readonly secrets: WebhookSecrets,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Never rejects for what the receiver does. `isOwnNetworkOpen`: private addresses may be called. */
  async make(call: ClaimedCall, isOwnNetworkOpen: boolean): Promise<CallResult> {
    const body = JSON.stringify(payloadOf(call));
    const started = this.clock.monotonicMs();
    let signed: Record<string, string>;
    try {
      signed = this.signed(call, body);
    } catch (error) {
      if (!(error instanceof FieldCipherError)) throw error;
      // A key that is missing here now may come with the next restart: the runbook of key rotation is about this.
      this.logger.error('the secret of a webhook cannot be opened: check FIELD_KEYS', undefined, {
        webhook_id: call.webhook_id,
      });
      return { error: 'ours', statusCode: null, answer: null, durationMs: 0 };
    }
    const outcome = await this.http.request({
      target: 'webhook',
      url: call.url,
      policy: isOwnNetworkOpen ? 'own-network' : 'public-only',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body,
      timeoutMs: CALL_TIMEOUT_MS,
      maxRedirects: 0,
      // The plan of attempts is ours, and one person's dead receiver is nothing to another's at the same host.
      retries: 0,
      unpaced: true,
      ignoreBody: true,
    });
    const durationMs = Math.max(0, Math.round(this.clock.monotonicMs() - started));
    // What a machine inside of a network answers is not for those who may only send it something.
    const answer = isOwnNetworkOpen ? null : answerOf(outcome);
    return { ...understand(outcome), answer, durationMs };
  }

  /** For a while after a rotation with both secrets: whoever knows either of them can verify it. */
  private signed(call: ClaimedCall, body: string): Record<string, string> {
    const { webhook_id: webhookId, message_id: id, previous_secret, previous_expires_at } = call;
    const now = this.clock.now();
    const secrets = [this.secrets.open(call.secret, 'secret', webhookId)];
    if (previous_secret !== null && previous_expires_at !== null && previous_expires_at > now) {
      secrets.push(this.secrets.open(previous_secret, 'previous_secret', webhookId));
    }
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
    };
  }
}

function understand(outcome: OutboundOutcome): Pick<CallResult, 'error' | 'statusCode' | 'notBefore'> {
  const statusCode = 'status' in outcome ? (outcome.status ?? null) : null;
  switch (outcome.kind) {
    case 'ok':
      return { error: null, statusCode };
    case 'not-modified':
      return { error: 'status', statusCode: 304 };
    case 'blocked':
      return { error: 'status', statusCode, notBefore: outcome.until };
    case 'not-found':
      return { error: 'status', statusCode };
    case 'failed':
      return { error: errorOf(outcome.reason, statusCode), statusCode };
  }
}

function errorOf(reason: Extract<OutboundOutcome, { kind: 'failed' }>['reason'], status: number | null): WebhookError {
  if (reason === 'url-refused') return 'refused';
  if (reason === 'too-many-redirects') return 'redirect';
  if (reason === 'timeout') return 'timeout';
  return status === null ? 'connection' : 'status';
}

/** On one line, without what a screen or a database would stumble over. */
function answerOf(outcome: OutboundOutcome): string | null {
  if (outcome.kind !== 'blocked' && !(outcome.kind === 'failed' && outcome.status !== undefined)) return null;
  const text = outcome.detail?.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim() ?? '';
  return text === '' ? null : Array.from(text).slice(0, ANSWER_CHARACTERS).join('');
}
