import { forbidden } from '#kernel';
import type { RpcContext } from '#messaging';

/** The gateway refuses others already; a mistake there must not start runs or write postings. */
export function onlyAdmins({ caller }: RpcContext): void {
  if (caller?.roles.includes('admin') !== true) throw forbidden();
}
