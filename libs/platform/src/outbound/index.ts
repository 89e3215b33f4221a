export { isPublicAddress, isPublicOrOwnAddress } from './address.js';
export { jsonOf, textOf } from './body-text.js';
export type { GateOptions } from './host-gate.js';
export { OutboundHttp, type OutboundHttpOptions } from './outbound-http.js';
export type { OutboundRequest, UrlPolicy } from './outbound-request.js';
export type { FailureReason, OutboundOutcome } from './outcome.js';
export { MAX_RETRY_AFTER_MS, parseRetryAfter } from './retry-after.js';
export {
  checkOwnNetworkUrl,
  checkPublicUrl,
  checkWebUrl,
  type ResolvedAddress,
  type Resolver,
  UrlRefused,
} from './url-guard.js';
