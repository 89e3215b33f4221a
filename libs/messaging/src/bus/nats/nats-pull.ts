import { createInbox, type Msg, nanos, type NatsConnection } from '@nats-io/transport-node';

/** How a pull ended. `silent`: the server said nothing at all, so the consumer is probably gone. */
export interface PullResult {
  messages: Msg[];
  outcome: 'done' | 'silent' | 'consumer-gone' | 'busy';
}

export interface PullRequest {
  inboxPrefix: string;
  stream: string;
  durable: string;
  max: number;
  waitMs: number;
  /** Whichever fires first ends the wait. */
  aborts: readonly AbortSignal[];
}

/** The server ends a pull by itself; this is how much later we stop waiting for it to say so. */
const SILENCE_MS = 750;

/**
 * After the first message of a batch the rest is on the wire already. When the bound on unsettled messages cuts the
 * batch short, the server keeps the request open instead of saying so (2.9.10): do not make the first ones wait.
 */
const REST_OF_BATCH_MS = 20;

const GIVE_BACK = '-NAK';

/**
 * One pull. `no_wait` together with `expires` answers as soon as there is anything and waits only when there is nothing
 * (2.9.10); the client's own `fetch` waits until the batch is full, at least a second.
 */
export function pull(connection: NatsConnection, request: PullRequest): Promise<PullResult> {
  return new Promise((resolve, reject) => {
    const inbox = createInbox(request.inboxPrefix);
    const messages: Msg[] = [];
    let ended = false;
    let rest: NodeJS.Timeout | undefined;

    const end = (outcome: PullResult['outcome'], mayBringMore: boolean, error?: Error): void => {
      if (ended) return;
      ended = true;
      clearTimeout(silence);
      clearTimeout(rest);
      for (const signal of request.aborts) signal.removeEventListener('abort', onAbort);
      // What still arrives for this pull is given back at once (above) instead of after the ack-wait.
      if (mayBringMore) subscription.drain().catch(nothingLeft);
      else subscription.unsubscribe();
      if (error === undefined) resolve({ messages, outcome });
      else reject(error);
    };
    const onAbort = (): void => end('done', true);

    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) return end('done', false, error);
        if (isStatus(message)) return end(outcomeOf(message), false);
        if (ended) {
          message.respond(GIVE_BACK);
          return;
        }
        messages.push(message);
        if (messages.length >= request.max) return end('done', false);
        rest ??= setTimeout(() => end('done', true), REST_OF_BATCH_MS);
      },
    });
    const silence = setTimeout(() => end('silent', true), request.waitMs + SILENCE_MS);
    if (request.aborts.some(({ aborted }) => aborted)) return onAbort();
    for (const signal of request.aborts) signal.addEventListener('abort', onAbort, { once: true });
    connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${request.stream}.${request.durable}`,
      JSON.stringify({ batch: request.max, no_wait: true, expires: nanos(request.waitMs) }),
      { reply: inbox },
    );
  });
}

/** Status messages are empty and carry a code: 404 nothing, 408 time is up, 409 consumer or limits. */
const isStatus = (message: Msg): boolean => message.data.length === 0 && (message.headers?.code ?? 0) >= 100;

function outcomeOf(status: Msg): PullResult['outcome'] {
  const description = status.headers?.description ?? '';
  if (status.headers?.code === 503 || /consumer (deleted|not found)/i.test(description)) return 'consumer-gone';
  // Another replica's request already waits for what is there.
  if (/requests pending/i.test(description)) return 'busy';
  return 'done';
}

/** The connection went away while the subscription drained: nothing is left to give back. */
const nothingLeft = (): void => undefined;
