import { describe, expect, it } from '@jest/globals';
import { defineCommand, defineEvent, defineRpc, Empty, READERS, SERVICES } from '#contracts';
import { contractRegistry } from './contract-registry.js';
import { compareStream, wantedStream } from './stream-config.js';
import { defaultTopologySettings, Topology } from './topology.js';

const event = defineEvent('identity', 'user.waved', { summary: 'A user waved.', data: Empty, sample: {} });
const command = defineCommand('notifications', 'wave.send', { summary: 'Send a wave.', data: Empty, sample: {} });
const rpc = defineRpc('identity', 'wave.list', { request: Empty, response: Empty });

describe('contract registry', () => {
  it('finds rpc, events and commands among everything else that is exported', () => {
    const found = contractRegistry({ event, command, rpc, Empty, READERS, helper: () => 1, version: 3, nothing: null });
    expect(found.events).toEqual([event]);
    expect(found.commands).toEqual([command]);
    expect(found.rpcs).toEqual([rpc]);
  });

  it('looks into exported lists of contracts', () => {
    const other = defineRpc('analytics', 'wave.list', { request: Empty, response: Empty });
    expect(contractRegistry({ all: [rpc, other], names: ['a', 'b'] }).rpcs).toEqual([other, rpc]);
    const { rpcs } = new Topology().registry;
    for (const service of SERVICES) {
      expect(rpcs.map((found) => found.subject)).toContain(`rpc.${service}.dead-letter.list.v1`);
    }
  });

  it('takes the same contract exported under two names once, and refuses two contracts on one subject', () => {
    expect(contractRegistry({ event, again: event }).events).toHaveLength(1);
    const twin = defineEvent('identity', 'user.waved', { summary: 'Another.', data: Empty, sample: {} });
    expect(() => contractRegistry({ event, twin })).toThrow(
      /event and twin have the same subject evt.identity.user.waved/,
    );
  });

  it('refuses a reader that is listed twice or cannot be a durable name', () => {
    const reader = { kind: 'reader', reader: 'analytics', feature: 'facts', reads: ['identity'], live: false } as const;
    expect(() => contractRegistry({}, [reader, reader])).toThrow(/listed twice/);
    expect(() => contractRegistry({}, [{ ...reader, feature: 'a.b' }])).toThrow(/only a-z/);
  });

  it('holds the contracts of this repository, each on a stream the topology makes', () => {
    const topology = new Topology();
    const { events, commands } = topology.registry;
    expect(events.length).toBeGreaterThan(10);
    for (const { stream, subject } of [...events, ...commands]) {
      const spec = topology.stream(stream);
      expect(spec?.subjects.some((pattern) => subject.startsWith(pattern.replace('>', '')))).toBe(true);
    }
  });
});

describe('topology', () => {
  const topology = new Topology(defaultTopologySettings, contractRegistry({ event, command, rpc }));

  it('gives every service its two streams and the shared dead letters, and the gateway none', () => {
    expect(topology.streamsOf('jobs-ingestion').map((s) => s.name)).toEqual([
      'EVT_JOBS_INGESTION',
      'CMD_JOBS_INGESTION',
      'DLQ',
    ]);
    expect(topology.streamsOf('gateway')).toEqual([]);
    expect(topology.allStreams()).toHaveLength(13);
  });

  it('lets exactly one service change the dead-letter stream', () => {
    expect(SERVICES.filter((service) => topology.ownStreams(service).includes('DLQ'))).toHaveLength(1);
  });

  it('gives every command one durable of its own, without dots', () => {
    expect(topology.commandDurable(command)).toBe('notifications-wave-send-v1');
  });

  it('fails with the remedy for a durable nobody declared', () => {
    expect(() => topology.assertConsumer('analytics', 'EVT_IDENTITY', 'analytics-guesses')).toThrow(/readers\.ts/);
    expect(() =>
      topology.assertConsumer('notifications', 'CMD_NOTIFICATIONS', 'notifications-wave-send-v1'),
    ).not.toThrow();
  });

  it('fits into the file store of the shipped server with default settings', () => {
    const reserved = topology.allStreams().reduce((sum, stream) => sum + stream.maxBytes, 0);
    expect(reserved).toBeLessThan(10e9);
  });
});

describe('stream differences', () => {
  const [events, work] = new Topology().streamsOf('identity');
  if (events === undefined || work === undefined) throw new Error('identity has streams');

  it('finds none between a stream and itself, whatever the order of its subjects', () => {
    const wanted = { ...wantedStream(events), subjects: ['a', 'b'] };
    expect(compareStream(wanted, { ...wanted, subjects: ['b', 'a'] })).toEqual([]);
  });

  it('does not take what the server leaves out because it is false or zero for a difference', () => {
    const leftOut = ['deny_delete', 'deny_purge', 'max_age'];
    const existing = Object.fromEntries(
      Object.entries(wantedStream(work)).filter(([field]) => !leftOut.includes(field)),
    );
    expect(compareStream(wantedStream(work), existing)).toEqual([]);
  });

  it.each([
    ['max_age', 5, 'changeable'],
    ['subjects', ['evt.other.>'], 'changeable'],
    ['duplicate_window', 1, 'changeable'],
    ['num_replicas', 3, 'changeable'],
    ['deny_purge', true, 'one-way'],
    ['retention', 'workqueue', 'unchangeable'],
    ['storage', 'memory', 'unchangeable'],
  ])('sorts a difference in %s as %s → %s', (field, value, kind) => {
    const wanted = wantedStream(events);
    const found = compareStream(wanted, { ...wanted, [field]: value });
    expect(found).toMatchObject([{ field, existing: value, kind, remedy: expect.stringMatching(/\w/) }]);
  });
});
