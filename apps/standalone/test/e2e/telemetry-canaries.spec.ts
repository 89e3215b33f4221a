import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APPS, UserRegisteredV1 } from '#contracts';
import { schemaNameOf } from '#persistence';
import { allSchemas } from '../../src/compose.js';
import { dump, filesBelow } from './support/leftovers.js';
import { SecretStory } from './support/secret-story.js';
import { formsOf, placesWith, type Texts } from './support/telemetry.js';
import { WatchedCluster } from './support/watched-cluster.js';

/** Of what was planted, what nobody may find at rest. What people say of themselves is kept as they said it. */
const NOT_KEPT = /password|token|secret|API key|key of|code|ticket|link of an export/;
const SEALED = /v1\.[a-z0-9-]{1,16}\.[\w-]{38,}/;

describe('what the processes say about their work', () => {
  let watched: WatchedCluster;
  let story: SecretStory;
  let said: { logs: Texts; metrics: Texts; traces: Texts };
  let answers: Texts;
  let reasons: Texts;
  let tables: Texts;

  beforeAll(async () => {
    watched = await WatchedCluster.start();
    story = new SecretStory(watched);
    try {
      await story.tell();
      await watched.readMetrics();
    } finally {
      // What was gathered is written when they end.
      await watched.cluster.stop();
    }
    tables = await dump(watched.database);
    said = watched.telemetry();
    answers = new Map([['refusals', story.api.refused.join('\n')]]);
    reasons = new Map([['reasons', story.reasons.join('\n')]]);
  }, 240_000);
  afterAll(() => watched.stop(), 60_000);

  /** Names of the secrets that are somewhere they must not be, and where. */
  function leaks(texts: Texts): string[] {
    const secrets = new Map([...story.planted, ['anything she ever wrote', story.canaries.mark]]);
    return [...secrets].flatMap(([name, secret]) => placesWith(texts, secret).map((place) => `${name}: ${place}`));
  }

  it('comes from a life full of secrets', () => {
    expect(story.planted.size).toBeGreaterThanOrEqual(60);
    expect(new Set(story.planted.values()).size).toBe(story.planted.size);
    // Beside them one in each field a person may fill.
    expect(story.canaries.planted.size).toBeGreaterThan(80);
  });

  it('is there at all: each process logs, counts and traces', () => {
    const talkative = [...said.logs].filter(([, text]) => text.includes('"level":"debug"')).map(([name]) => name);
    expect(talkative.sort()).toEqual(APPS.map((app) => `log of ${app}.log`).sort());
    expect(said.metrics.size).toBe(7);
    // What may be known is found by the same search.
    expect(placesWith(said.logs, story.marker.requestId).length).toBeGreaterThanOrEqual(1);
    expect(placesWith(said.logs, story.marker.traceId).length).toBeGreaterThanOrEqual(1);
    expect(placesWith(said.traces, story.marker.traceId)).toEqual(['spans']);
    expect(placesWith(said.metrics, 'createGoal')).toEqual(['metrics of gateway']);
    expect(placesWith(answers, 'salary_min')).toEqual(['refusals']);
    expect(placesWith(reasons, 'MESSAGE_INVALID')).toEqual(['reasons']);
    expect(placesWith(reasons, 'MESSAGE_MALFORMED')).toEqual(['reasons']);
    // What failed did fail, and was told of: a source, a webhook, a provider, a handler.
    expect(watched.upstream.received.length).toBeGreaterThanOrEqual(3);
    const logs = [...said.logs.values()].join('\n');
    for (const line of [
      'a message was given up',
      'a message failed and will be tried again',
      'the content of a delivery cannot be opened',
    ])
      expect(logs).toContain(line);
  });

  it('would be found to tell a secret in whatever form', () => {
    const secret = 'käse & "brot" 7';
    const bytes = Buffer.from(`x${secret}y`);
    const encoded = [
      `got ${secret}`,
      `GET /?q=${encodeURIComponent(secret)}`,
      JSON.stringify({ secret }),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      Buffer.from(`xy${secret}`).toString('base64'),
      Buffer.from(`${secret}z`).toString('base64'),
      bytes.toString('hex'),
    ];
    for (const text of encoded) expect([text, placesWith(new Map([['a', text]]), secret)]).toEqual([text, ['a']]);
    expect(placesWith(new Map([['a', 'nothing of it']]), secret)).toEqual([]);
    expect(Math.min(...formsOf(secret).map(({ length }) => length))).toBeGreaterThan(10);
    expect(placesWith(new Map([['a', '{"code":"271828"}']]), '271828')).toEqual(['a']);
    expect(placesWith(new Map([['a', '1.271828 and 12718281']]), '271828')).toEqual([]);
  });

  it.each(['logs', 'metrics', 'traces'] as const)('has no secret in its %s', (kind) => {
    expect(leaks(said[kind])).toEqual([]);
  });

  it('does not repeat in a refusal what was sent', () => {
    expect(leaks(answers)).toEqual([]);
  });

  it('does not say in the reason of a dead letter what was in it', () => {
    expect(leaks(reasons)).toEqual([]);
  });

  describe('and what they keep', () => {
    const secrets = (): [name: string, secret: string][] => [...story.planted].filter(([name]) => NOT_KEPT.test(name));

    it('is there: what is no secret is found by the same search, and what is sealed lies where it was declared', () => {
      expect(secrets().length).toBeGreaterThanOrEqual(40);
      expect(placesWith(tables, story.planted.get('e-mail') ?? '')).toContain('identity.account');
      const declared = allSchemas.flatMap(({ service, sealed = [] }) =>
        sealed.map(({ table }) => `${schemaNameOf(service)}.${table}`),
      );
      const sealed = [...tables].filter(([, text]) => SEALED.test(text)).map(([table]) => table);
      // Letters on their way are copies, sealed like the letter.
      const kept = sealed.filter((table) => !/\.(outbox|dead_letters)$/.test(table));
      expect(declared).toEqual(expect.arrayContaining(kept));
      for (const table of ['identity.totp_factor', 'notifications.webhook', 'notifications.local_mail'])
        expect(kept).toContain(table);
    });

    it('has no secret in any table of any schema', () => {
      const found = secrets().flatMap(([name, secret]) =>
        // Six digits are in many numbers by chance: between quotes they would be the code.
        placesWith(tables, /^\d+$/.test(secret) ? `"${secret}"` : secret).map((table) => `${name}: ${table}`),
      );
      expect(found).toEqual([]);
    });

    it('has no secret in the streams of the bus', async () => {
      const files = await filesBelow(watched.nats.storeDir);
      const holds = (text: string): boolean => files.some(({ bytes }) => bytes.includes(text));
      expect(holds(UserRegisteredV1.type)).toBe(true);
      const found = secrets().filter(([, secret]) => holds(/^\d+$/.test(secret) ? `"${secret}"` : secret));
      expect(found.map(([name]) => name)).toEqual([]);
    });
  });
});
