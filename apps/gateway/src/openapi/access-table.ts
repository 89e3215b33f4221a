import { API_KEY_SCOPES, type ApiKeyScope } from '#contracts';
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
    const cells = [
      `${method} ${paths.join(', ')}`,
      operationId,
      spec.withoutFactor === true ? `${who} †` : who,
      scope ?? '',
      limit ?? 'general',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '# Who may call what',
    '',
    '<!-- Generated from the declarations in apps/gateway/src; do not edit. -->',
    '',
    '`public` looks at no credentials; `optional` works without and with them; `signed-in` needs a token, or an API key',
    'with the scope; † also lets in who has not yet set up the second factor that is demanded of him (all other such routes',
    'answer 403 `SECOND_FACTOR_REQUIRED`). Without a scope no API key may call. `limit` names the sliding window a request counts in.',
    '',
    '| route | operation | access | scope of keys | limit |',
    '|---|---|---|---|---|',
    ...rows.sort(),
    '',
    '## Scopes',
    '',
    'A key does what its scopes name and its owner may, nothing else. Signing in, passwords, second factors, sessions, keys,',
    'roles and the deletion of an account are for people: no scope opens them, so a stolen key cannot make itself at home.',
    '',
    '| scope | operations |',
    '|---|---|',
    ...API_KEY_SCOPES.map((scope) => `| ${scope} | ${operationsOfScope(operations, scope)} |`),
    '',
  ].join('\n');
}

const operationsOfScope = (operations: readonly OperationSpec[], scope: ApiKeyScope): string =>
  operations
    .filter((spec) => spec.scope === scope)
    .map(({ operationId }) => operationId)
    .sort()
    .join(', ');
