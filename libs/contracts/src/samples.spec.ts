import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as contracts from './index.js';
import { messagesOf } from './messages.js';

const FOLDER = 'libs/contracts/samples';
const REMEDY = 'npm run sync-docs writes the samples that are missing';
const messages = messagesOf(contracts);
const byType = new Map(messages.map((message) => [message.type, message]));
const shipped = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

describe('events and commands', () => {
  it('are all found: every service tells something', () => {
    expect(messages.length).toBeGreaterThan(20);
    const telling = new Set(messages.map(({ service }) => service));
    expect(contracts.SERVICES.filter((service) => !telling.has(service))).toEqual([]);
  });

  it.each(messages.map((message) => [message.type, message] as const))('%s: its sample is valid', (_type, message) => {
    expect(contracts.compileSchema(message.data).problems(message.sample, 'sample')).toEqual([]);
  });

  it(`each have a committed sample of the version they are (${REMEDY})`, () => {
    expect(messages.map(({ type }) => type).filter((type) => !shipped.includes(type))).toEqual([]);
  });

  it('never disappear while an old message of theirs may wait somewhere', () => {
    expect(shipped.filter((type) => !byType.has(type))).toEqual([]);
  });

  it.each(shipped)('%s: what was once sent still parses', (type) => {
    const message = byType.get(type);
    const sent: unknown = JSON.parse(readFileSync(`${FOLDER}/${type}.json`, 'utf8'));
    const schema = message === undefined ? undefined : contracts.compileSchema(message.data);
    expect(schema?.problemsIgnoringUnknown(sent, type)).toEqual([]);
    // Members a newer producer adds are no problem; a required one that is taken away is.
    expect(schema?.problemsIgnoringUnknown({ ...Object(sent), added_later: 1 }, type)).toEqual([]);
    expect(schema?.problemsIgnoringUnknown({}, type)).not.toEqual([]);
  });
});
