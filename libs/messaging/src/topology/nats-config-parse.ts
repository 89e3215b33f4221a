/**
 * Reads the part of the NATS configuration language we write: maps, lists, quoted and bare values, comments. Units,
 * includes and block strings are left as text or refused. Enough to check a file by what it means instead of by how it
 * is spelled.
 */
export type ConfigValue = string | ConfigValue[] | ConfigMap;
export interface ConfigMap {
  [key: string]: ConfigValue;
}

const TOKEN =
  /\s*(?:#[^\n]*|\/\/[^\n]*|"((?:[^"\\]|\\.)*)"|'([^']*)'|([{}[\]:=,;])|([^\s{}[\]:=,;"'#][^\s{}[\],;"'=]*))/y;

interface Token {
  kind: 'mark' | 'word';
  text: string;
}

export function parseNatsConfig(source: string): ConfigMap {
  const tokens = tokenize(source);
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const skip = (...marks: string[]): void => {
    for (let token = peek(); token?.kind === 'mark' && marks.includes(token.text); token = peek()) at += 1;
  };
  const next = (): Token => {
    const token = tokens[at];
    if (token === undefined) throw new Error('The NATS configuration ends in the middle of a block.');
    at += 1;
    return token;
  };

  const readValue = (): ConfigValue => {
    const token = next();
    if (token.kind === 'word') return token.text;
    if (token.text === '{') return readMap('}');
    if (token.text === '[') return readList();
    throw new Error(`The NATS configuration has '${token.text}' where a value belongs.`);
  };
  const readList = (): ConfigValue[] => {
    const values: ConfigValue[] = [];
    for (;;) {
      skip(',', ';');
      if (peek()?.kind === 'mark' && peek()?.text === ']') {
        at += 1;
        return values;
      }
      values.push(readValue());
    }
  };
  const readMap = (end: '}' | undefined): ConfigMap => {
    const map: ConfigMap = {};
    for (;;) {
      skip(',', ';');
      const token = peek();
      if (token === undefined && end === undefined) return map;
      const key = next();
      if (key.kind === 'mark') {
        if (key.text === end) return map;
        throw new Error(`The NATS configuration has '${key.text}' where a name belongs.`);
      }
      skip(':', '=');
      if (Object.hasOwn(map, key.text))
        throw new Error(`The NATS configuration says '${key.text}' twice in one block.`);
      map[key.text] = readValue();
    }
  };
  return readMap(undefined);
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    if (source.slice(TOKEN.lastIndex).trim() === '') break;
    const found = TOKEN.exec(source);
    if (found === null) throw new Error('The NATS configuration has a character that cannot be read.');
    const [, double, single, mark, bare] = found;
    if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    // `name:` without a space before the value.
    else if (bare?.endsWith(':') === true)
      tokens.push({ kind: 'word', text: bare.slice(0, -1) }, { kind: 'mark', text: ':' });
    else if (double !== undefined || single !== undefined || bare !== undefined) {
      tokens.push({ kind: 'word', text: double ?? single ?? bare ?? '' });
    }
  }
  return tokens;
}

export const isMap = (value: ConfigValue | undefined): value is ConfigMap =>
  typeof value === 'object' && !Array.isArray(value);

/** The value at a path of names, or undefined. */
export function configAt(config: ConfigMap, ...path: string[]): ConfigValue | undefined {
  let value: ConfigValue | undefined = config;
  for (const name of path) {
    if (!isMap(value)) return undefined;
    value = value[name];
  }
  return value;
}
