export {
  type LimitDecision,
  type LimitDelta,
  type LimitRule,
  RateLimiter,
  type RateLimiterOptions,
} from './rate-limiter.js';
