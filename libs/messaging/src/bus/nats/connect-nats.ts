import { setTimeout as sleep } from 'node:timers/promises';
import { AuthorizationError, connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';

export interface NatsSettings {
  /** `nats://host:4222`, several separated by commas; credentials in the URL count when user and password are empty. */
  url: string;
  /** The app's name unless set. */
  user?: string;
  password?: string;
  /** How long the start waits for a server that is not there yet. */
  connectTimeoutMs: number;
  /** TLS as the cluster profile asks for it; a path to the CA's certificate. */
  tlsCaFile?: string;
}

/** One try. Shorter than the whole wait, so that a server which comes up late is met soon. */
const TRY_TIMEOUT_MS = 2_000;
const PAUSE_MS = 250;

/** NATS cannot be used at start; the message says what to do. */
export class NatsStartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NatsStartError';
  }
}

/** Waits a bounded time for the server. A refused login fails at once: waiting does not help. */
export async function connectNats(app: string, settings: NatsSettings): Promise<NatsConnection> {
  const options = connectionOptions(app, settings);
  const where = options.shown;
  const deadline = performance.now() + settings.connectTimeoutMs;
  for (;;) {
    try {
      return await connect(options.connection);
    } catch (error) {
      if (error instanceof AuthorizationError || hasCause(error, AuthorizationError)) {
        throw new NatsStartError(
          `NATS at ${where} refused user '${options.connection.user ?? '(none)'}'. Check NATS_USER and NATS_PASSWORD: the ` +
            'password must be the value the server has in NATS_PASSWORD_<APP>, and deploy/nats/nats.conf must list the user.',
          { cause: error },
        );
      }
      if (performance.now() + PAUSE_MS > deadline) {
        throw new NatsStartError(
          `NATS could not be reached at ${where} within ${settings.connectTimeoutMs} ms (${messageOf(error)}). ` +
            'Start it (scripts/install-nats-server.sh installs it, docker compose up nats runs it), correct NATS_URL, or set ' +
            'BUS=local to run on one machine without it.',
          { cause: error },
        );
      }
      await sleep(PAUSE_MS);
    }
  }
}

function connectionOptions(app: string, settings: NatsSettings): { connection: ConnectionOptions; shown: string } {
  const urls = settings.url.split(',').map((text) => parseUrl(text.trim()));
  const withUser = urls.find((url) => url.username !== '');
  const user = notEmpty(settings.user) ?? (withUser && decodeURIComponent(withUser.username)) ?? app;
  const pass = notEmpty(settings.password) ?? (withUser && decodeURIComponent(withUser.password));
  const servers = urls.map((url) => `${url.hostname}:${url.port === '' ? '4222' : url.port}`);
  const wantsTls = settings.tlsCaFile !== undefined || urls.some((url) => url.protocol === 'tls:');
  return {
    shown: servers.join(', '),
    connection: {
      servers,
      name: app,
      user,
      pass,
      tls: wantsTls ? { caFile: settings.tlsCaFile } : undefined,
      // One inbox prefix per app: rights allow each user to hear only answers to its own questions.
      inboxPrefix: `_INBOX.${app}`,
      timeout: Math.min(TRY_TIMEOUT_MS, settings.connectTimeoutMs),
      // A partition without a reset is noticed after 2 × 5 s.
      pingInterval: 5_000,
      maxPingOut: 2,
      reconnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      reconnectJitter: 100,
      // Passwords may be rotated under a running process: keep trying instead of giving up for good.
      ignoreAuthErrorAbort: true,
      // Error traces per request cost about as much as the request itself.
      noAsyncTraces: true,
    },
  };
}

function parseUrl(text: string): URL {
  try {
    return new URL(text.includes('://') ? text : `nats://${text}`);
  } catch (error) {
    throw new NatsStartError(`NATS_URL '${text}' is not a URL; write it like nats://127.0.0.1:4222.`, { cause: error });
  }
}

const notEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function hasCause(error: unknown, type: new (...args: never[]) => Error): boolean {
  return error instanceof Error && error.cause instanceof type;
}
