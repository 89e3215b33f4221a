import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { compareStream, type StreamDifference, type WantedStream, wantedStream } from './stream-config.js';
import type { StreamSpec } from './topology.js';

/** Error codes of the JetStream API, from the server's errors.json. */
const STREAM_NOT_FOUND = 10059;
const STREAM_NAME_IN_USE = 10058;
const INSUFFICIENT_RESOURCES = new Set([10023, 10047, 10074, 10005]);

/** The streams are not as they must be and this cannot be mended by a restart; the message says what to do. */
export class TopologyError extends Error {
  constructor(
    message: string,
    readonly differences: readonly StreamDifference[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TopologyError';
  }
}

export interface ProvisioningResult {
  created: string[];
  changed: StreamDifference[];
}

/**
 * Makes the streams of one app as wanted: creates what is missing, changes what can be changed, refuses the rest with a
 * remedy for each difference. Safe to run on several replicas at once and again on every reconnect.
 */
export async function ensureTopology(
  jsm: JetStreamManager,
  streams: readonly StreamSpec[],
  mayChange: (stream: string) => boolean = () => true,
): Promise<ProvisioningResult> {
  const result: ProvisioningResult = { created: [], changed: [] };
  for (const spec of streams) {
    const wanted = wantedStream(spec);
    const existing = await findStream(jsm, spec.name);
    if (existing === undefined && (await createStream(jsm, wanted))) {
      result.created.push(spec.name);
      continue;
    }
    const differences = compareStream(wanted, existing ?? (await jsm.streams.info(spec.name)).config);
    const fixed = differences.filter((difference) => difference.kind !== 'changeable');
    if (fixed.length > 0) throw new TopologyError(describe(fixed), fixed);
    if (differences.length === 0 || !mayChange(spec.name)) continue;
    await orExplain(wanted, () => jsm.streams.update(spec.name, wanted));
    result.changed.push(...differences);
  }
  return result;
}

async function findStream(jsm: JetStreamManager, name: string): Promise<Partial<WantedStream> | undefined> {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

/** False when another replica made it in the meantime. */
async function createStream(jsm: JetStreamManager, wanted: WantedStream): Promise<boolean> {
  try {
    await orExplain(wanted, () => jsm.streams.add(wanted));
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NAME_IN_USE) return false;
    throw error;
  }
}

async function orExplain(wanted: WantedStream, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof JetStreamApiError && INSUFFICIENT_RESOURCES.has(error.code)) {
      throw new TopologyError(
        `NATS has no room for stream ${wanted.name} (${error.message}): it wants ${wanted.num_replicas} replica(s) and ` +
          `${Math.round(wanted.max_bytes / 1024 / 1024)} MiB. Run as many servers as replicas or lower NATS_REPLICAS; raise ` +
          'jetstream.max_file_store or lower NATS_EVENT_MAX_MB / NATS_COMMAND_MAX_MB.',
        [],
        { cause: error },
      );
    }
    throw error;
  }
}

function describe(differences: readonly StreamDifference[]): string {
  const lines = differences.map(
    ({ stream, field, wanted, existing, kind, remedy }) =>
      `- ${stream}.${field} is ${JSON.stringify(existing)}, must be ${JSON.stringify(wanted)} (${kind}). ${remedy}`,
  );
  return `Streams on NATS differ from what this version needs:\n${lines.join('\n')}`;
}
