import { type Argument, type CallExpression, type Node, parseSync, type Program } from 'oxc-parser';

const RUNS = /^(it|test|describe)(\.each|\.only)?$/;
const SKIPS = /^(it|test|describe)\.(skip|todo|failing)|^x(it|test|describe)$/;

/** Names of the tests in a source file, as they stand there, each with whether it always runs. */
export function testsOf(text: string): Map<string, boolean> {
  const { program } = parseSync('spec.ts', text);
  const found = new Map<string, boolean>();
  const mayBeSkipped = namesThatSkip(program, text);

  const visit = (node: Node, runs: boolean): void => {
    if (node.type !== 'CallExpression') return childrenOf(node).forEach((child) => visit(child, runs));
    const runner = runnerOf(node, text);
    const isSkipped = SKIPS.test(runner) || runner.includes('skip');
    const isRun = runs && !isSkipped && !mayBeSkipped.has(runner);
    const name = nameOf(node.arguments[0], text);
    if ((RUNS.test(runner) || isSkipped) && !runner.includes('describe') && name !== undefined) found.set(name, isRun);
    childrenOf(node).forEach((child) => visit(child, isRun));
  };
  visit(program, true);
  return found;
}

/** The library's own visitor cannot be loaded by the test runner: it requires a module that is ESM only. */
const childrenOf = (node: Node): Node[] =>
  Object.values<unknown>({ ...node })
    .flat()
    .filter(isNode);

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** `describe.each` of `describe.each(rows)(name, body)`. */
function runnerOf({ callee }: CallExpression, text: string): string {
  return callee.type === 'CallExpression' ? runnerOf(callee, text) : text.slice(callee.start, callee.end);
}

/** `const suite = server === undefined ? describe.skip : describe`, and functions that do the like. */
function namesThatSkip({ body }: Program, text: string): Set<string> {
  const names = new Set<string>();
  for (const statement of body) {
    if (!/\b(describe|it|test)\.skip\b/.test(text.slice(statement.start, statement.end))) continue;
    if (statement.type === 'FunctionDeclaration' && statement.id !== null) names.add(statement.id.name);
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id } of statement.declarations) if (id.type === 'Identifier') names.add(id.name);
  }
  return names;
}

function nameOf(argument: Argument | undefined, text: string): string | undefined {
  if (argument?.type === 'Literal' && typeof argument.value === 'string') return argument.value;
  if (argument?.type !== 'TemplateLiteral') return undefined;
  const [only] = argument.quasis;
  // What has no holes is its value; what has stands as it is written.
  return argument.expressions.length === 0 && only !== undefined
    ? (only.value.cooked ?? undefined)
    : text.slice(argument.start + 1, argument.end - 1);
}
