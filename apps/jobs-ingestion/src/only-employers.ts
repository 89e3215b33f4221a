import { forbidden } from '#kernel';
import { callerId, type RpcContext } from '#messaging';

/** Who may publish openings, and whether he may also change those of others. */
export function employerOf(context: RpcContext): { userId: string; isAdmin: boolean } {
  const userId = callerId(context);
  const roles = context.caller?.roles ?? [];
  const isAdmin = roles.includes('admin');
  if (!isAdmin && !roles.includes('employer')) throw forbidden('This needs the role employer.');
  return { userId, isAdmin };
}
