import { Child } from './child.js';

export interface LoadRequest {
  path: string;
  /** Sent as JSON by POST; without one it is a GET. */
  body?: unknown;
}

export interface LoadPlan {
  url: string;
  requests: readonly LoadRequest[];
  headers?: Readonly<Record<string, string>>;
  connections: number;
  /** Either for so long … */
  seconds?: number;
  /** … or so many requests. */
  amount?: number;
}

export interface LoadResult {
  perSecond: number;
  answered: number;
  failed: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** autocannon in a process of its own. */
export class Load {
  private constructor(private readonly child: Child) {}

  static start(folder: string): Load {
    // Standard input carries the plans; its end ends the process, so it needs no tether.
    return new Load(Child.start({ name: 'load', script: 'bench/support/load-process.js', folder, tethered: false }));
  }

  /** Any answer that is not 2xx makes the whole run worthless. */
  async run(plan: LoadPlan): Promise<LoadResult> {
    this.child.tell(plan);
    const result = JSON.parse(await this.child.said('result ', 300_000)) as LoadResult;
    if (result.failed > 0 || result.answered === 0) {
      throw new Error(
        `${plan.url}${plan.requests[0]?.path ?? ''}: ${result.failed} requests failed, ${result.answered} succeeded`,
      );
    }
    return result;
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
