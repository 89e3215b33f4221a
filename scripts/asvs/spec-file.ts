import ts from 'typescript';

const RUNS = /^(it|test|describe)(\.each|\.only)?$/;
const SKIPS = /^(it|test|describe)\.(skip|todo|failing)|^x(it|test|describe)$/;

/** Names of the tests in a source file, as they stand there, each with whether it always runs. */
export function testsOf(text: string): Map<string, boolean> {
  const source = ts.createSourceFile('spec.ts', text, ts.ScriptTarget.Latest, true);
  const found = new Map<string, boolean>();
  const mayBeSkipped = namesThatSkip(source);

  const visit = (node: ts.Node, runs: boolean): void => {
    if (!ts.isCallExpression(node)) return ts.forEachChild(node, (child) => visit(child, runs));
    const runner = runnerOf(node);
    const isRun = runs && !SKIPS.test(runner) && !runner.includes('skip') && !mayBeSkipped.has(runner);
    const [name] = node.arguments;
    const isTest = (RUNS.test(runner) || SKIPS.test(runner) || runner.includes('skip')) && !runner.includes('describe');
    if (isTest && name !== undefined && isName(name)) found.set(nameOf(name), isRun);
    ts.forEachChild(node, (child) => visit(child, isRun));
  };
  visit(source, true);
  return found;
}

/** `describe.each` of `describe.each(rows)(name, body)`. */
function runnerOf({ expression }: ts.CallExpression): string {
  return ts.isCallExpression(expression) ? runnerOf(expression) : expression.getText();
}

/** `const suite = server === undefined ? describe.skip : describe`, and functions that do the like. */
function namesThatSkip(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (!/\b(describe|it|test)\.skip\b/.test(statement.getText())) continue;
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) names.add(statement.name.text);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name } of statement.declarationList.declarations) names.add(name.getText());
  }
  return names;
}

const isName = (node: ts.Node): node is ts.StringLiteralLike | ts.TemplateExpression =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);

const nameOf = (node: ts.StringLiteralLike | ts.TemplateExpression): string =>
  ts.isStringLiteralLike(node) ? node.text : node.getText().slice(1, -1);
