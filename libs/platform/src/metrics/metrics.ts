import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { LatencyHistogram } from './latency-histogram.js';

export type RpcOutcome = 'ok' | 'error' | 'timeout' | 'unavailable';
export type MessageOutcome = 'done' | 'duplicate' | 'retry' | 'dead' | 'handed-back';

/**
 * Rate, errors and durations of everything, in Prometheus' words. Labels come from closed sets (operation ids,
 * subjects, statement names): never an id, a path with ids, or anything a caller can choose.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly gauges = new Map<string, Gauge>();
  private readonly counters = new Map<string, Counter>();

  private readonly histograms: LatencyHistogram[] = [];
  private readonly requests = this.histogram('http_request_duration_seconds', 'HTTP requests by operation', [
    'operation',
    'method',
    'status',
  ]);
  private readonly rpcServed = this.histogram('rpc_server_duration_seconds', 'Requests answered over the bus', [
    'subject',
    'outcome',
  ]);
  private readonly rpcAsked = this.histogram('rpc_client_duration_seconds', 'Requests asked over the bus', [
    'subject',
    'outcome',
  ]);
  private readonly messages = this.histogram('message_handling_duration_seconds', 'Events and commands handled', [
    'durable',
    'outcome',
  ]);
  private readonly statements = this.histogram('db_statement_duration_seconds', 'SQL statements by name', [
    'statement',
    'outcome',
  ]);
  private readonly outbound = this.histogram('outbound_request_duration_seconds', 'Calls to other sites', [
    'target',
    'outcome',
  ]);

  /** `app` becomes a label of every metric; `defaults` are those of process, heap, event loop and garbage collection. */
  constructor(
    private readonly app: string,
    defaults = true,
  ) {
    this.registry.setDefaultLabels({ app });
    if (defaults) collectDefaultMetrics({ register: this.registry });
  }

  /** `operation` is the operation id of the route, or `unmatched`. */
  observeRequest(operation: string, method: string, status: number, seconds: number): void {
    this.requests.observe([operation, method, String(status)], seconds);
  }

  observeRpc(side: 'server' | 'client', subject: string, outcome: RpcOutcome, seconds: number): void {
    (side === 'server' ? this.rpcServed : this.rpcAsked).observe([subject, outcome], seconds);
  }

  observeMessage(durable: string, outcome: MessageOutcome, seconds: number): void {
    this.messages.observe([durable, outcome], seconds);
  }

  observeStatement(statement: string, outcome: 'ok' | 'error', seconds: number): void {
    this.statements.observe([statement, outcome], seconds);
  }

  /** `target` is the name of a source or provider, not a host a user chose. */
  observeOutbound(target: string, outcome: string, seconds: number): void {
    this.outbound.observe([target, outcome], seconds);
  }

  /** The gauge of that name, made on first use. */
  gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    const known = this.gauges.get(name);
    if (known !== undefined) return known;
    const gauge = new Gauge({ name, help, labelNames, registers: [this.registry] });
    this.gauges.set(name, gauge);
    return gauge;
  }

  /** The counter of that name (ending in `_total`), made on first use. */
  counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    const known = this.counters.get(name);
    if (known !== undefined) return known;
    const counter = new Counter({ name, help, labelNames, registers: [this.registry] });
    this.counters.set(name, counter);
    return counter;
  }

  async expose(): Promise<{ contentType: string; text: string }> {
    const { app } = this;
    const parts = [await this.registry.metrics(), ...this.histograms.map((histogram) => histogram.expose({ app }))];
    return { contentType: this.registry.contentType, text: parts.join('\n') };
  }

  private histogram(name: string, help: string, labelNames: readonly string[]): LatencyHistogram {
    const histogram = new LatencyHistogram(name, help, labelNames);
    this.histograms.push(histogram);
    return histogram;
  }
}
