import { ERROR_CODES } from '#contracts';
import { SETTING_PROBLEMS } from '../config/index.js';

/** `docs/errors.md`: what every code means and what to do. Generated, so that list and code cannot differ. */
export function errorsDocument(): string {
  const lines = [
    '# Errors',
    '',
    '<!-- Generated from libs/contracts/src/error-codes.ts; do not edit. -->',
    '',
    'Every error answer names a code of this list, a message for people, the wrong fields in `details` and a',
    '`request_id` to quote. "Repeat" says whether the same request may succeed later without a change.',
    '',
    '| code | status | repeat |',
    '|---|---|---|',
    ...Object.entries(ERROR_CODES).map(
      ([code, { status, retryable }]) =>
        `| [${code}](#${code.toLowerCase()}) | ${status} | ${retryable ? 'yes' : 'no'} |`,
    ),
  ];
  for (const [code, { status, cause, fix, retryable }] of Object.entries(ERROR_CODES)) {
    lines.push('', `## ${code}`, '', `HTTP ${status}. ${cause}`, '', `**What to do:** ${fix}`);
    if (retryable) lines.push('', 'The same request may succeed later.');
  }
  lines.push(
    '',
    '# Problems at the start',
    '',
    'A process that cannot use its settings lists all of them and exits 78.',
  );
  for (const [code, meaning] of Object.entries(SETTING_PROBLEMS)) lines.push('', `## ${code}`, '', meaning);
  return `${lines.join('\n')}\n`;
}
