import type { RpcContract, Static, TSchema } from '#contracts';
import type { Tx } from '#persistence';
import type { RpcContext } from './rpc-context.js';

/**
 * One effect per idempotency key. The key (scope: user and subject) is stored with a hash of the request in the same
 * transaction as the result. Same key and request: the stored answer, byte for byte; another request: 409
 * `IDEMPOTENCY_KEY_REUSED`; still running: 409 `IDEMPOTENCY_KEY_IN_PROGRESS`. A work that throws leaves nothing behind.
 * Without a key it is just a transaction.
 */
export abstract class Idempotency {
  abstract run<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    context: RpcContext,
    work: (tx: Tx) => Promise<Static<Res>>,
  ): Promise<Static<Res>>;
}
