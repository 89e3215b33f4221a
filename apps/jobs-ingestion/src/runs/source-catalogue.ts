import { Injectable } from '@nestjs/common';
import { OutboundHttp } from '#platform';
import { type JobSource, SourceRegistry } from '../sources/index.js';
import type { SourceState } from './source-state.repository.js';

/** The sources of this installation and which of them take part in a run. */
@Injectable()
export class SourceCatalogue {
  constructor(
    private readonly registry: SourceRegistry,
    http: OutboundHttp,
  ) {
    for (const source of registry.all()) {
      for (const { host, ratePerSecond } of source.pace) http.configureHost(host, { ratePerSecond });
    }
  }

  all(): readonly JobSource[] {
    return this.registry.all();
  }

  find(name: string): JobSource | undefined {
    return this.registry.get(name);
  }

  /** What an admin decided counts, else the configuration; a source that cannot work is never on. */
  isEnabled(source: JobSource, state: Pick<SourceState, 'enabled'> | null | undefined): boolean {
    if (source.unavailableReason !== null) return false;
    return state?.enabled ?? this.registry.isEnabled(source.name);
  }
}
