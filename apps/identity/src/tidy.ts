import { type FieldProblem, invalid } from '#kernel';

/**
 * Text as it is stored: NFC, without blanks around it. A text that is only blanks is refused by name, so that nothing
 * empty is stored as if it were told.
 */
export function tidy<T>(value: T): T {
  const problems: FieldProblem[] = [];
  const clean = walk(value, '', problems);
  if (problems.length > 0) throw invalid(problems);
  // The walk keeps every shape: strings stay strings, members stay where they are.
  return clean as T;
}

function walk(value: unknown, path: string, problems: FieldProblem[]): unknown {
  if (typeof value === 'string') {
    const text = value.normalize('NFC').trim();
    if (text === '') problems.push({ field: path, message: 'must not be blank' });
    return text;
  }
  if (Array.isArray(value)) return value.map((item, index) => walk(item, join(path, String(index)), problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, walk(member, join(path, key), problems)]),
  );
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
