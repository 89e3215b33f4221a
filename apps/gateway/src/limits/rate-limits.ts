import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import { CLOCK, type LimitDelta, type LimitRule, RateLimiter } from '#platform';
import type { GatewaySettings } from '../config.js';
import type { LimitClass } from '../http/operation.js';
import { GATEWAY_SETTINGS } from '../tokens.js';

export interface Verdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds since 1970: when a refused client has room again, or the window of this request has passed. */
  resetAt: number;
  /** 0 when allowed. */
  retryAfterMs: number;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Which windows each class of routes counts in. Only what was allowed counts. */
@Injectable()
export class RateLimits {
  private readonly rules: Readonly<Record<LimitClass, readonly LimitRule[]>>;
  private readonly limiter: RateLimiter;

  constructor(
    @Inject(GATEWAY_SETTINGS) settings: GatewaySettings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.limiter = new RateLimiter({ clock });
    const rule = (limit: number, windowMs: number): LimitRule[] => (limit === 0 ? [] : [{ limit, windowMs }]);
    this.rules = {
      credentials: rule(settings.RATE_LIMIT_CREDENTIALS, MINUTE),
      search: rule(settings.RATE_LIMIT_SEARCH, MINUTE),
      generation: rule(settings.RATE_LIMIT_GENERATION, MINUTE),
      chat: rule(settings.RATE_LIMIT_CHAT, MINUTE),
      analytics: rule(settings.RATE_LIMIT_ANALYTICS, MINUTE),
      tracking: rule(settings.RATE_LIMIT_TRACKING, MINUTE),
      general: [...rule(settings.RATE_LIMIT_GENERAL, MINUTE), ...rule(settings.RATE_LIMIT_GENERAL_HOURLY, HOUR)],
    };
  }

  /** Undefined where no limit is set. `client` is a user id or an address key. */
  take(limitClass: LimitClass, client: string): Verdict | undefined {
    const rules = this.rules[limitClass];
    if (rules.length === 0) return undefined;
    const { allowed, limit, remaining, resetMs } = this.limiter.takeAll(`${limitClass}:${client}`, rules);
    const windowMs = rules.find((rule) => rule.limit === limit)?.windowMs ?? MINUTE;
    const resetAt = Math.ceil((this.clock.now().getTime() + (resetMs > 0 ? resetMs : windowMs)) / 1000);
    return { allowed, limit, remaining, resetAt, retryAfterMs: allowed ? 0 : resetMs };
  }

  takeUntold(): LimitDelta[] {
    return this.limiter.exportDeltas();
  }

  addFromOthers(deltas: readonly LimitDelta[]): void {
    this.limiter.applyDeltas(deltas);
  }
}
