import { API_PREFIX } from '../http/endpoint.js';
import type { OperationSpec } from '../http/operation.js';

/**
 * docs/api/access.md: who may call what. Committed, so that a route which opens, or asks for another role, shows in the
 * review of the change.
 */
export function accessTable(operations: readonly OperationSpec[]): string {
  const rows = operations.map((spec) => {
    const { method, path, access, scope, limit, operationId } = spec;
    const who = typeof access === 'object' ? `role ${access.role}` : access;
    const paths = [path, ...(spec.aliases ?? [])].map((each) => API_PREFIX + each).concat(spec.rootAliases ?? []);
    const cells = [`${method} ${paths.join(', ')}`, operationId, who, scope ?? '', limit ?? 'general'];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '# Who may call what',
    '',
    '<!-- Generated from the declarations in apps/gateway/src; do not edit. -->',
    '',
    '`public` looks at no credentials; `optional` works without and with them; `signed-in` needs a token, or an API key',
    'with the scope. Without a scope no API key may call. `limit` names the sliding window a request counts in.',
    '',
    '| route | operation | access | scope of keys | limit |',
    '|---|---|---|---|---|',
    ...rows.sort(),
    '',
  ].join('\n');
}
