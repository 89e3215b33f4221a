import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { contractRegistry } from './contract-registry.js';
import { eventsCatalogue } from './events-catalogue.js';

describe('docs/events/catalogue.md', () => {
  it('is what the contracts produce (npm run sync-docs writes it anew)', () => {
    expect(readFileSync('docs/events/catalogue.md', 'utf8')).toBe(eventsCatalogue());
  });

  it('names every contract, and every reader of an event', () => {
    const text = eventsCatalogue();
    const { events, commands, rpcs, readers } = contractRegistry();
    for (const { subject } of [...events, ...commands, ...rpcs]) expect(text).toContain(`\`${subject}\``);
    for (const { reader, feature } of readers) expect(text).toContain(`${reader} (${feature})`);
    expect(text).not.toContain('nobody yet');
  });

  it('changes when a contract does', () => {
    const registry = contractRegistry();
    const [first, ...others] = registry.events;
    expect(eventsCatalogue({ ...registry, events: others })).not.toContain(first?.subject ?? '');
  });
});
