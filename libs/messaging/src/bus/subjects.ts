/** Subject patterns as NATS has them: `*` is one token, `>` at the end is one or more. */

/** A regular expression that JavaScript and PostgreSQL read alike. */
export function subjectRegex(pattern: string): string {
  const tokens = pattern.split('.').map((token, index, all) => {
    if (token === '') throw new Error(`Subject '${pattern}' has an empty token: no dots at the ends, none doubled.`);
    if (token === '*') return '[^.]+';
    if (token === '>') {
      if (index !== all.length - 1) throw new Error(`Subject '${pattern}': '>' is only allowed as the last token.`);
      return '.+';
    }
    return token.replace(/[^A-Za-z0-9_-]/g, '\\$&');
  });
  return `^${tokens.join('\\.')}$`;
}

export const hasWildcard = (pattern: string): boolean =>
  pattern.split('.').some((token) => token === '*' || token === '>');

/** Compiled once per subscription. */
export function subjectMatcher(pattern: string): (subject: string) => boolean {
  if (pattern === '>') return () => true;
  if (!hasWildcard(pattern)) return (subject) => subject === pattern;
  const expression = new RegExp(subjectRegex(pattern));
  return (subject) => expression.test(subject);
}
