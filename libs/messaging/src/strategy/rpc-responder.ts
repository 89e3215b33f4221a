import { compileSchema, type RpcContract } from '#contracts';
import { AppError, faultPoint, invalid, toAppError, unauthenticated } from '#kernel';
import { continueTrace, type Logger, type Metrics, requestContext, type RpcOutcome, withSpan } from '#platform';
import type { BusMessage } from '../bus/bus.port.js';
import { outcomeOf } from '../rpc/rpc-client.impl.js';
import type { RpcContext } from '../rpc/rpc-context.js';
import { answerOf, errorAnswerOf, HEADER, parseJson, readContext, type Reply, textOf } from '../rpc/wire.js';
import type { RequestGate } from './request-gate.js';

export interface ResponderParts {
  contract: RpcContract;
  handle: (request: unknown, context: RpcContext) => Promise<unknown>;
  gate: RequestGate;
  logger: Logger;
  metrics: Metrics;
}

/** Answers one subject. What it returns never rejects: every failure is an answer. */
export function rpcResponder(parts: ResponderParts): (message: BusMessage) => Promise<Reply> {
  const { contract, metrics } = parts;
  const { subject } = contract;
  return async (message) => {
    const receivedAt = performance.now();
    let outcome: RpcOutcome = 'ok';
    let reply: Reply;
    try {
      reply = await answer(parts, message, receivedAt);
      faultPoint('rpc.after_commit_before_reply');
    } catch (thrown) {
      const error = toAppError(thrown);
      outcome = outcomeOf(error);
      if (error.kind === 'internal') report(parts, message, thrown);
      reply = errorAnswerOf(error);
    }
    metrics.observeRpc('server', subject, outcome, (performance.now() - receivedAt) / 1000);
    return reply;
  };
}

async function answer(parts: ResponderParts, message: BusMessage, receivedAt: number): Promise<Reply> {
  const { contract, gate, handle } = parts;
  const context = readContext(message.headers, receivedAt);
  if (context.caller === undefined && contract.caller === 'required') throw unauthenticated();
  const request = readRequest(contract, message);
  const run = (): Promise<unknown> => gate.run(contract.subject, context, () => handle(request, context));
  const scope = {
    requestId: context.requestId,
    service: contract.service,
    userId: context.caller?.user_id,
    traceparent: context.traceparent,
  };
  const result = await requestContext.run(scope, () =>
    // Without a trace nobody looks at the span: the hot path does not pay for it.
    context.traceparent === undefined
      ? run()
      : continueTrace(message.headers, () => withSpan(contract.subject, { kind: 'server' }, run)),
  );
  return answerOf(result);
}

function readRequest(contract: RpcContract, message: BusMessage): unknown {
  const request = message.payload.byteLength === 0 ? {} : parseJson(textOf(message.payload));
  if (request === undefined) {
    throw new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message: 'The request is not JSON.' });
  }
  const problems = compileSchema(contract.request).problems(request, 'request');
  if (problems.length > 0) throw invalid(problems);
  return request;
}

/** Stack and cause for us; the caller only learns that it was our fault. */
function report({ contract, logger }: ResponderParts, message: BusMessage, thrown: unknown): void {
  const request_id = message.headers[HEADER.requestId];
  logger.error('a request failed unexpectedly', thrown, { subject: contract.subject, request_id });
}
