import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '#kernel';
import type { Agent } from 'undici';
import type { Logger } from '../logging/index.js';
import type { Metrics } from '../metrics/metrics.js';
import { withSpan } from '../tracing/index.js';
import { isPublicAddress, isPublicOrOwnAddress } from './address.js';
import { exchange, type Hop } from './exchange.js';
import { type GateOptions, HostGate, sleep } from './host-gate.js';
import { type FullRequest, type OutboundRequest, type UrlPolicy, withDefaults } from './outbound-request.js';
import { failed, type OutboundOutcome } from './outcome.js';
import { parseRetryAfter } from './retry-after.js';
import {
  checkOwnNetworkUrl,
  checkPublicUrl,
  checkWebUrl,
  guardedLookup,
  type Resolver,
  systemResolver,
  UrlRefused,
} from './url-guard.js';

export interface OutboundHttpOptions {
  userAgent: string;
  logger: Logger;
  metrics: Metrics;
  clock?: Clock;
  /** Name resolution and the rule of what is public: replaced in tests, which have no internet. */
  resolver?: Resolver;
  isPublic?: (address: string) => boolean;
  connectTimeoutMs?: number;
  gate?: Partial<GateOptions>;
}

const GATE: GateOptions = { concurrency: 1, burst: 1, maxWaiting: 1000, halfOpenAfterMs: 30_000 };
const MAX_HOSTS = 2000;
const BACKOFF_MS = { base: 250, cap: 5000 };
/** Asked to wait up to this long we wait; longer, and the caller is told until when. */
const PATIENCE_MS = 5000;
/** A 429 that does not say how long. */
const UNSTATED_PAUSE_MS = 30_000;

/** Calls to other sites: polite, bounded in time and size, and never into our own network by somebody's URL. */
export class OutboundHttp {
  private readonly clock: Clock;
  private readonly gates: LRUCache<string, HostGate>;
  private readonly hostOptions = new Map<string, Partial<GateOptions>>();
  private readonly allowed: Readonly<Record<'public-only' | 'own-network', (address: string) => boolean>>;
  private agents: Promise<Record<UrlPolicy, Agent>> | undefined;

  constructor(private readonly options: OutboundHttpOptions) {
    this.clock = options.clock ?? systemClock;
    this.gates = new LRUCache({ max: MAX_HOSTS });
    const isPublic = options.isPublic ?? isPublicAddress;
    this.allowed = {
      'public-only': isPublic,
      'own-network': (address) => isPublic(address) || isPublicOrOwnAddress(address),
    };
  }

  /** What a host of our own choice bears; one call at a time unless told. `host` as in a URL, with its port if any. */
  configureHost(host: string, options: Partial<GateOptions>): void {
    this.hostOptions.set(host, options);
    this.gates.delete(host);
  }

  /** Never rejects for what the other side does. */
  async request(given: OutboundRequest): Promise<OutboundOutcome> {
    const request = withDefaults(given);
    const started = this.clock.monotonicMs();
    const outcome = await withSpan(`outbound ${request.target}`, { kind: 'client' }, async (span) => {
      const result = await this.attempt(request);
      span.setAttribute('outcome', result.kind === 'failed' ? result.reason : result.kind);
      return result;
    });
    const ms = this.clock.monotonicMs() - started;
    const label = outcome.kind === 'failed' ? outcome.reason : outcome.kind;
    this.options.metrics.observeOutbound(request.target, label, ms / 1000);
    const status = 'status' in outcome ? outcome.status : undefined;
    // Neither path nor query: they hold keys and what people look for.
    this.options.logger.debug('outbound call', {
      target: request.target,
      host: URL.canParse(request.url) ? new URL(request.url).host : undefined,
      outcome: label,
      status,
      duration_ms: Math.round(ms),
    });
    return outcome;
  }

  async close(): Promise<void> {
    const agents = await this.agents;
    if (agents !== undefined) await Promise.all(Object.values(agents).map((agent) => agent.destroy()));
  }

  /** Attempts until an outcome stands, the time is used up or there is nothing left to try. */
  private async attempt(request: FullRequest): Promise<OutboundOutcome> {
    const budget = { leftMs: request.timeoutMs };
    for (let attempt = 0; ; attempt += 1) {
      const { hop, host } = await this.follow(request, budget);
      const mayRepeat = request.repeatable && attempt < request.retries;
      if (hop.kind === 'wait') {
        const pauseMs = parseRetryAfter(hop.retryAfter, this.clock.now());
        const pause = pauseMs ?? UNSTATED_PAUSE_MS;
        const waits = mayRepeat && pause <= PATIENCE_MS && pause < budget.leftMs;
        if (!waits) return this.giveUpUntil(request.unpaced ? undefined : host, hop.status, pause, hop.detail);
        if (!(await this.pause(pause, budget, request.signal))) return failed('aborted');
        continue;
      }
      // Redirects are followed before; the type says so only here.
      if (hop.kind === 'redirect') return failed('too-many-redirects', { status: hop.status });
      const passing = hop.kind === 'failed' && (hop.reason === 'connection' || hop.reason === 'server-error');
      if (!passing || !mayRepeat) return hop;
      // Full jitter: clients that failed together do not come back together.
      const pause = Math.random() * Math.min(BACKOFF_MS.cap, BACKOFF_MS.base * 2 ** attempt);
      if (pause >= budget.leftMs) return hop;
      if (!(await this.pause(pause, budget, request.signal))) return failed('aborted');
    }
  }

  /** One attempt over all its redirects. Every hop is checked and takes its own turn at its own host. */
  private async follow(request: FullRequest, budget: { leftMs: number }): Promise<{ hop: Hop; host: string }> {
    if (!URL.canParse(request.url)) return { hop: failed('url-refused', { detail: 'not a URL' }), host: '' };
    const first = new URL(request.url);
    let url = first;
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      // Where the operator's host sends us is not the operator's choice.
      const policy: UrlPolicy =
        request.policy === 'trusted' && url.origin !== first.origin ? 'public-only' : request.policy;
      const refusal = this.refusalOf(url, policy);
      if (refusal !== undefined) return { hop: refusal, host: url.host };
      const hop = await this.hop(url, current, policy, url.origin === first.origin, budget);
      if (hop.kind !== 'redirect' || redirects >= request.maxRedirects) return { hop, host: url.host };
      if (!URL.canParse(hop.location, url.href)) return { hop: failed('bad-content'), host: url.host };
      url = new URL(hop.location, url);
      const becomesGet = hop.status === 303 || (hop.status < 303 && current.method === 'POST');
      if (becomesGet && current.method !== 'HEAD') current = { ...current, method: 'GET', body: undefined };
      // A body meant for one origin is not carried to another.
      if (url.origin !== first.origin && current.body !== undefined) return { hop: failed('refused'), host: url.host };
    }
  }

  private async hop(
    url: URL,
    request: FullRequest,
    policy: UrlPolicy,
    sameOrigin: boolean,
    budget: { leftMs: number },
  ): Promise<Hop> {
    if (budget.leftMs <= 0) return failed('timeout');
    const dispatcher = (await this.agentsByPolicy())[policy];
    const headers = this.headersFor(request, sameOrigin);
    const call = async (): Promise<Hop> => {
      const started = this.clock.monotonicMs();
      const hop = await exchange(dispatcher, { url, request, headers, leftMs: budget.leftMs });
      budget.leftMs -= this.clock.monotonicMs() - started;
      return hop;
    };
    return request.unpaced ? call() : this.gate(url.host).run(call, request.signal);
  }

  private refusalOf(url: URL, policy: UrlPolicy): OutboundOutcome | undefined {
    try {
      if (policy === 'trusted') checkWebUrl(url);
      else if (policy === 'own-network') checkOwnNetworkUrl(url, this.allowed['own-network']);
      else checkPublicUrl(url, this.allowed['public-only']);
      return undefined;
    } catch (error) {
      if (error instanceof UrlRefused) return failed('url-refused', { detail: error.message });
      throw error;
    }
  }

  private headersFor(request: FullRequest, sameOrigin: boolean): Record<string, string> {
    const headers: Record<string, string> = {
      'user-agent': this.options.userAgent,
      'accept-encoding': 'gzip, deflate, br',
      accept: request.accept?.join(', ') ?? '*/*',
    };
    if (!sameOrigin) return headers;
    if (request.etag !== undefined) headers['if-none-match'] = request.etag;
    if (request.lastModified !== undefined) headers['if-modified-since'] = request.lastModified;
    return { ...headers, ...request.headers };
  }

  private async pause(ms: number, budget: { leftMs: number }, signal?: AbortSignal): Promise<boolean> {
    budget.leftMs -= ms;
    return sleep(ms, signal);
  }

  private giveUpUntil(host: string | undefined, status: number, pauseMs: number, detail?: string): OutboundOutcome {
    if (host !== undefined) this.gate(host).block(pauseMs, status);
    return { kind: 'blocked', status, until: new Date(this.clock.now().getTime() + pauseMs), detail };
  }

  private gate(host: string): HostGate {
    const known = this.gates.get(host);
    if (known !== undefined) return known;
    const gate = new HostGate({ ...GATE, ...this.options.gate, ...this.hostOptions.get(host) }, this.clock);
    this.gates.set(host, gate);
    return gate;
  }

  /** A pool each: a kept-alive connection of the one is never used under the rules of the other. */
  private agentsByPolicy(): Promise<Record<UrlPolicy, Agent>> {
    this.agents ??= this.makeAgents();
    return this.agents;
  }

  private async makeAgents(): Promise<Record<UrlPolicy, Agent>> {
    const { Agent } = await import('undici');
    const timeout = this.options.connectTimeoutMs ?? 5000;
    const resolve = this.options.resolver ?? systemResolver;
    const guarded = (policy: 'public-only' | 'own-network') =>
      new Agent({ connect: { timeout, lookup: guardedLookup(resolve, this.allowed[policy]) } });
    return {
      trusted: new Agent({ connect: { timeout } }),
      'public-only': guarded('public-only'),
      'own-network': guarded('own-network'),
    };
  }
}
