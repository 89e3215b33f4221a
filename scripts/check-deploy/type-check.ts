import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './manifest.js';
import { ROOT } from './tools.js';

/** Groups of documents by a name of our own. */
export type DocumentGroups = ReadonlyMap<string, readonly Manifest[]>;

const MODELS = join(ROOT, 'node_modules', 'kubernetes-models');

/**
 * Lets the compiler judge every document against the types of its kind: unlike a validator, excess-property checks
 * find misspelt fields. One run for all groups; equal documents are judged once.
 */
export function typeCheck(groups: DocumentGroups): Map<string, string[]> {
  const problems = new Map<string, string[]>([...groups.keys()].map((name) => [name, []]));
  // Below the checkout, so that the types are found.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache', 'manifests-'));
  try {
    const owners = new Map<string, { group: string; label: string }[]>();
    const files = new Map<string, string>();
    for (const [group, documents] of groups) {
      for (const document of documents) {
        if (!existsSync(join(MODELS, document.apiVersion, `${document.kind}.d.ts`))) {
          problems.get(group)?.push(`${document.label}: kind ${document.kind} of ${document.apiVersion} is not known`);
          continue;
        }
        const text = JSON.stringify(document.value);
        const file = files.get(text) ?? `document-${files.size}.ts`;
        files.set(text, file);
        owners.set(file, [...(owners.get(file) ?? []), { group, label: document.label }]);
        writeFileSync(join(folder, file), sourceOf(document, text));
      }
    }
    for (const { file, message } of compile(folder)) {
      const found = owners.get(file);
      if (found === undefined) throw new Error(`the compiler failed: ${file} ${message}`);
      for (const { group, label } of found) problems.get(group)?.push(`${label}: ${message}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return problems;
}

const sourceOf = ({ kind, apiVersion }: Manifest, text: string): string =>
  `import type { I${kind} } from 'kubernetes-models/${apiVersion}/${kind}';\nexport const document = ${text} satisfies I${kind};\n`;

interface Complaint {
  file: string;
  message: string;
}

function compile(folder: string): Complaint[] {
  const config = {
    compilerOptions: {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      module: 'nodenext',
      moduleResolution: 'nodenext',
      target: 'es2022',
      types: [],
    },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const complaints: Complaint[] = [];
  for (const line of result.stdout.split('\n')) {
    const [, file, message] = /^([^\s(]+)\(\d+,\d+\): error (.*)$/.exec(line) ?? [];
    if (file !== undefined && message !== undefined) complaints.push({ file, message });
    // The indented lines below say which member it was.
    else if (line.startsWith('  ')) {
      const last = complaints.at(-1);
      if (last !== undefined) last.message += ` ${line.trim()}`;
    } else if (line.trim() !== '') throw new Error(`tsc: ${line}`);
  }
  if (result.status !== 0 && complaints.length === 0) throw new Error(`tsc: ${result.stderr}`);
  // JSON has its keys in quotes, which the compiler quotes again.
  return complaints.map(({ file, message }) => ({ file, message: message.replace(/'"([^'"]+)"'/g, "'$1'") }));
}
