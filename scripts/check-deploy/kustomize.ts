import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { type Rendering, renderChart } from './chart.js';
import { type Manifest, parseManifests } from './manifest.js';
import { output, ROOT } from './tools.js';

const K8S = join(ROOT, 'k8s');
const HEADER = '# Generated from deploy/helm/career-copilot by `npm run check-deploy -- --write`; do not edit.\n';
const RELEASE = 'career-copilot';

export const OVERLAYS = ['dev', 'staging', 'production'] as const;

/** An overlay as `kubectl apply -k` would send it. */
export const buildOverlay = (kubectl: string, overlay: string): Manifest[] =>
  parseManifests(output(kubectl, ['kustomize', join(K8S, 'overlays', overlay)]));

interface Part {
  folder: string;
  rendering: Rendering;
}

const NATS_PODS = {
  'app.kubernetes.io/name': 'career-copilot',
  'app.kubernetes.io/instance': RELEASE,
  'app.kubernetes.io/component': 'nats',
};

/** The chart cut into what overlays choose from. */
const PARTS: readonly Part[] = [
  {
    folder: 'base',
    rendering: {
      name: 'base',
      release: RELEASE,
      values: { nats: { mode: 'external', url: 'tls://nats:4222' }, networkPolicy: { natsPodLabels: NATS_PODS } },
    },
  },
  {
    folder: 'nats-cluster',
    rendering: {
      name: 'NATS cluster',
      release: RELEASE,
      values: { nats: { mode: 'cluster' } },
      showOnly: 'templates/nats.yaml',
    },
  },
  {
    folder: 'nats-single',
    rendering: {
      name: 'one NATS server',
      release: RELEASE,
      values: { nats: { mode: 'single' } },
      showOnly: 'templates/nats.yaml',
    },
  },
];

/** Content of every generated file, by its path below k8s/. */
export async function generateBase(renderer: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { folder, rendering } of PARTS) {
    const documents = renderChart(renderer, rendering);
    const byFile = new Map<string, unknown[]>();
    for (const document of documents) {
      if (isSharedConfig(document)) continue;
      const file = document.source.replace('templates/', '');
      byFile.set(file, [...(byFile.get(file) ?? []), plain(document.value)]);
    }
    for (const [file, contents] of byFile) {
      const text = contents
        .map((content) => stringify(content, { lineWidth: 0, aliasDuplicateObjects: false }))
        .join('---\n');
      files.set(join(folder, file), text);
    }
    files.set(join(folder, 'kustomization.yaml'), kustomization([...byFile.keys()], documents.filter(isSharedConfig)));
  }
  const options = (await resolveConfig(join(ROOT, 'package.json'))) ?? {};
  for (const [path, text] of files) files.set(path, await format(HEADER + text, { ...options, parser: 'yaml' }));
  return files;
}

/** Kustomize makes these itself, with a hash in the name: a change of a setting restarts the pods. */
const isSharedConfig = ({ kind, source }: Manifest): boolean =>
  kind === 'ConfigMap' && source === 'templates/configmap.yaml';

function kustomization(files: readonly string[], configs: readonly Manifest[]): string {
  const generated = configs.map((config) => ({
    name: config.name,
    literals: [...config.at('data').texts].map(([key, value]) => `${key}=${value}`),
    options: { labels: config.at('metadata', 'labels').value },
  }));
  const content = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...files].sort(),
    ...(generated.length > 0 ? { configMapGenerator: generated.map((one) => plain(one)) } : {}),
  };
  return stringify(content, { lineWidth: 0 });
}

const HELM_ONLY = /^(helm\.sh\/|checksum\/)/;

/** Without what only means something to Helm. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, unknown][] => {
    if (HELM_ONLY.test(key)) return [];
    if (key === 'namespace' && inner === 'prod') return [];
    if (key === 'app.kubernetes.io/managed-by') return [[key, 'kustomize']];
    const cleaned = plain(inner);
    const isEmptied =
      key === 'annotations' && typeof cleaned === 'object' && cleaned !== null && Object.keys(cleaned).length === 0;
    return isEmptied ? [] : [[key, cleaned]];
  });
  return Object.fromEntries(kept);
}

/** Files below k8s/ that are not what the chart gives. */
export async function staleFiles(renderer: string): Promise<string[]> {
  const wanted = await generateBase(renderer);
  const there = new Set(PARTS.flatMap(({ folder }) => filesBelow(join(K8S, folder))));
  const stale = [...wanted].filter(
    ([path, text]) => !there.has(path) || readFileSync(join(K8S, path), 'utf8') !== text,
  );
  const extra = [...there].filter((path) => !wanted.has(path));
  return [...stale.map(([path]) => path), ...extra].sort();
}

export async function writeBase(renderer: string): Promise<number> {
  const wanted = await generateBase(renderer);
  for (const { folder } of PARTS) {
    rmSync(join(K8S, folder), { recursive: true, force: true });
    mkdirSync(join(K8S, folder), { recursive: true });
  }
  for (const [path, text] of wanted) writeFileSync(join(K8S, path), text);
  return wanted.size;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => relative(K8S, join(folder, name)));
}
