import type { RpcContract, Static, TSchema } from '#contracts';
import type { OutgoingContext } from './rpc-context.js';

/** Typed questions to other services. */
export abstract class RpcClient {
  /** Rejects with the AppError the service answered, `unavailable` without a responder, `timeout` past the deadline. */
  abstract call<Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    context: OutgoingContext,
  ): Promise<Static<Res>>;

  /** The same, but answers the JSON bytes as they came: one hop, nothing parsed. */
  abstract callRaw<Req extends TSchema>(
    contract: RpcContract<Req>,
    request: Static<Req>,
    context: OutgoingContext,
  ): Promise<Uint8Array>;
}
