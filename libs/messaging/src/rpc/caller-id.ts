import { unauthenticated } from '#kernel';
import type { RpcContext } from './rpc-context.js';

/** Whose data this request is about. The contract's `caller: 'required'` was checked before; this keeps the type honest. */
export function callerId(context: RpcContext): string {
  if (context.caller === undefined) throw unauthenticated();
  return context.caller.user_id;
}
