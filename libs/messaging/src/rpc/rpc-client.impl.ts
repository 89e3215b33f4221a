import { compileSchema, type RpcContract, type Static, type TSchema } from '#contracts';
import { AppError, toAppError } from '#kernel';
import { insideTransaction } from '#persistence';
import { injectTrace, type Metrics, type RpcOutcome } from '#platform';
import type { Bus } from '../bus/bus.port.js';
import { validatesAnswers } from './config.js';
import { RpcClient } from './rpc-client.js';
import type { OutgoingContext } from './rpc-context.js';
import { DEFAULT_TIMEOUT_MS, HEADER, parseJson, readError, textOf, toHeaders } from './wire.js';

export class BusRpcClient extends RpcClient {
  constructor(
    private readonly bus: Bus,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  override async call<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    context: OutgoingContext,
  ): Promise<Static<Res>> {
    const bytes = await this.ask(contract, request, context);
    // Typed by the contract the other side validated against; tests check it (see ask).
    return JSON.parse(textOf(bytes)) as Static<Res>;
  }

  override callRaw<Req extends TSchema>(
    contract: RpcContract<Req>,
    request: Static<Req>,
    context: OutgoingContext,
  ): Promise<Uint8Array> {
    return this.ask(contract, request, context);
  }

  private async ask(contract: RpcContract, request: unknown, context: OutgoingContext): Promise<Uint8Array> {
    const { subject } = contract;
    if (insideTransaction()) {
      throw new Error(`${subject} asked inside a transaction: ask before it, or tell with an event from the outbox.`);
    }
    const started = performance.now();
    let outcome: RpcOutcome = 'ok';
    try {
      const timeoutMs = context.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      if (timeoutMs <= 0) throw deadlinePassed(subject);
      const headers = toHeaders(context, timeoutMs);
      if (headers[HEADER.traceparent] === undefined) injectTrace(headers);
      const reply = await this.bus.request({ subject, payload: bytesOf(request), headers }, timeoutMs);
      const error = readError(reply);
      if (error !== undefined) throw error;
      if (validatesAnswers) assertAnswer(contract, reply.payload);
      return reply.payload;
    } catch (error) {
      outcome = outcomeOf(toAppError(error));
      throw error;
    } finally {
      this.metrics.observeRpc('client', subject, outcome, (performance.now() - started) / 1000);
    }
  }
}

const bytesOf = (request: unknown): Uint8Array => Buffer.from(JSON.stringify(request ?? {}), 'utf8');

export const deadlinePassed = (subject: string): AppError =>
  new AppError({
    code: 'TIMEOUT',
    kind: 'timeout',
    message: 'The time for this request was over before it could be started.',
    cause: new Error(`deadline of ${subject} passed`),
  });

export const outcomeOf = (error: AppError): RpcOutcome =>
  error.kind === 'timeout' || error.kind === 'unavailable' ? error.kind : 'error';

function assertAnswer(contract: RpcContract, payload: Uint8Array): void {
  const problems = compileSchema(contract.response).problems(parseJson(textOf(payload)), 'response');
  if (problems.length === 0) return;
  const list = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new Error(`${contract.subject} answered what its contract does not allow: ${list}`);
}
