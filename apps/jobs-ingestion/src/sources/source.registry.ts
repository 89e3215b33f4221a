import { arbeitnowSource } from './arbeitnow/source.js';
import { ashbySource } from './ashby/source.js';
import { greenhouseSource } from './greenhouse/source.js';
import { himalayasSource } from './himalayas/source.js';
import { leverSource } from './lever/source.js';
import { remotiveSource } from './remotive/source.js';
import { sampleFeedSource } from './sample-feed/sample-feed.source.js';
import type { SourceSettings } from './settings.js';
import type { JobSource } from './source.port.js';
import { theMuseSource } from './themuse/source.js';

/** All sources there are, by name, with the switch of each. The order is the order of runs and lists. */
export class SourceRegistry {
  private readonly entries: readonly { source: JobSource; isEnabled: boolean }[];

  constructor(settings: SourceSettings) {
    this.entries = [
      { source: arbeitnowSource(settings), isEnabled: settings.ARBEITNOW_ENABLED },
      { source: theMuseSource(settings), isEnabled: settings.THEMUSE_ENABLED },
      { source: remotiveSource(settings), isEnabled: settings.REMOTIVE_ENABLED },
      { source: himalayasSource(settings), isEnabled: settings.HIMALAYAS_ENABLED },
      { source: greenhouseSource(settings), isEnabled: settings.GREENHOUSE_ENABLED },
      { source: leverSource(settings), isEnabled: settings.LEVER_ENABLED },
      { source: ashbySource(settings), isEnabled: settings.ASHBY_ENABLED },
      // Never part of an ordinary run; asked for by name where no other source can be reached.
      { source: sampleFeedSource(), isEnabled: false },
    ];
  }

  all(): readonly JobSource[] {
    return this.entries.map(({ source }) => source);
  }

  get(name: string): JobSource | undefined {
    return this.entries.find(({ source }) => source.name === name)?.source;
  }

  /** Switched on in the settings. Whether it can be used as configured is the source's `unavailableReason`. */
  isEnabled(name: string): boolean {
    return this.entries.some(({ source, isEnabled }) => source.name === name && isEnabled);
  }
}
