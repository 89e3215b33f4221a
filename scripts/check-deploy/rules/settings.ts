import { APPS, type AppName } from '#contracts';
import {
  fileStoreCheck,
  generateFieldKey,
  readSettings,
  SettingsError,
  type SettingsDefinition,
  settingsWarnings,
} from '#platform';
import { SETTINGS_OF } from '../../../apps/cli/src/apps.js';
import { migrateSettings } from '../../../apps/cli/src/config.js';
import type { ManifestSet, Place, Workload } from '../manifest.js';
import { Findings, type Rule } from './rule.js';

/** Read by Node or by the URL built from them, not by the app. */
const NOT_SETTINGS = new Set(['NODE_OPTIONS']);
const PASSWORD = 'Zq7w9RkT2mXc4VbN8pLs6HdF3gJy5KtWaEuQ';
const FIELD_KEYS = generateFieldKey('check');

/** Stands for the value of a Secret. */
export const secretFor = (setting: string): string => (setting === 'FIELD_KEYS' ? FIELD_KEYS : PASSWORD);

/** The environment of every app is one its own settings accept in production, name by name. */
export const settings: Rule = (set) => {
  const found = new Findings();
  const started = new Set<string>();
  for (const workload of set.workloads) {
    for (const container of workload.containers) {
      const program = container.at('args', 0).text ?? '';
      const app = /^dist\/apps\/([a-z-]+)\/src\/main\.js$/.exec(program)?.[1];
      if (app === undefined) continue;
      started.add(app);
      const definition = definitionOf(app);
      if (definition === undefined) found.must(false, workload.label, `starts ${program}, which is no app`);
      else checkEnvironment(definition, container, workload, set, found);
    }
  }
  for (const app of APPS) found.must(started.size === 0 || started.has(app), 'workloads', `${app} is not started`);
  return found.problems;
};

export function definitionOf(app: string): SettingsDefinition | undefined {
  if (app === 'cli') return migrateSettings(false);
  return isApp(app) ? SETTINGS_OF[app] : undefined;
}

const isApp = (name: string): name is AppName => APPS.some((app) => app === name);

function checkEnvironment(
  definition: SettingsDefinition,
  container: Place,
  workload: Workload,
  set: ManifestSet,
  found: Findings,
): void {
  const { label } = workload;
  const variables = variablesOf(container, set);
  const isUsed = (name: string): boolean => [...variables.values()].some((value) => value.includes(`$(${name})`));
  const environment: Record<string, string> = {};
  for (const [name, value] of variables) {
    if (name in definition) environment[name] = expand(value, variables);
    else if (name.endsWith('_FILE') && name.slice(0, -5) in definition)
      environment[name.slice(0, -5)] = secretFor(name.slice(0, -5));
    else found.must(NOT_SETTINGS.has(name) || isUsed(name), label, `${name} is not a setting of this app`);
    if (name.endsWith('_FILE')) checkFile(value, container, `${label} ${name}`, workload.pod, found);
  }
  found.problems.push(...problemsOf(definition, environment).map((problem) => `${label}: ${problem}`));
  for (const [port, address, name] of [
    ['HEALTH_PORT', 'HEALTH_HOST', 'health'],
    ['API_PORT', 'API_HOST', 'http'],
  ] as const) {
    if (!(port in definition)) continue;
    const exposed = container
      .at('ports')
      .items.find((one) => one.at('name').text === name)
      ?.at('containerPort').number;
    found.must(
      environment[port] === String(exposed),
      label,
      `${port} is ${environment[port] ?? 'not set'}, port ${name} is ${exposed ?? 'not there'}`,
    );
    found.must(
      environment[address] === '0.0.0.0',
      label,
      `${address} must be 0.0.0.0: nothing outside the pod reaches loopback`,
    );
  }
}

/** What the app itself would say at its start. */
export function problemsOf(definition: SettingsDefinition, environment: Record<string, string>): string[] {
  const warnings = settingsWarnings(definition, environment);
  try {
    readSettings(definition, environment, 'FILE_STORE' in definition ? [fileStoreCheck] : []);
    return warnings;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [
      ...error.problems.map(({ variable, code, expected }) => `${code} ${variable}: expected ${expected}`),
      ...warnings,
    ];
  }
}

/** Later ones win, as in the kubelet: ConfigMaps, then `env`. */
export function variablesOf(container: Place, set: ManifestSet): Map<string, string> {
  const variables = new Map<string, string>();
  for (const source of container.at('envFrom').items) {
    const data = set.find('ConfigMap', source.at('configMapRef', 'name').text)?.at('data').texts ?? [];
    for (const [name, value] of data) variables.set(name, value);
  }
  for (const item of container.at('env').items) {
    const name = item.at('name').text ?? '';
    const config = item.at('valueFrom', 'configMapKeyRef');
    if (config.exists) {
      const data = set.find('ConfigMap', config.at('name').text)?.at('data').texts;
      variables.set(name, data?.get(config.at('key').text ?? '') ?? '');
    } else if (item.at('valueFrom', 'secretKeyRef').exists) {
      const isUrl = name.endsWith('_URL');
      variables.set(name, isUrl ? `postgres://admin:${PASSWORD}@db:5432/x` : secretFor(name));
    } else variables.set(name, item.at('value').text ?? '');
  }
  return variables;
}

const expand = (value: string, variables: Map<string, string>): string =>
  value.replace(/\$\((\w+)\)/g, (whole, name: string) => variables.get(name) ?? whole);

/** The file lies in a mounted volume that holds it. */
function checkFile(path: string, container: Place, where: string, pod: Place, found: Findings): void {
  if (path === '') return;
  const mount = container
    .at('volumeMounts')
    .items.find((one) => path.startsWith(`${one.at('mountPath').text ?? '?'}/`));
  const volume = pod.at('volumes').items.find((one) => one.at('name').text === mount?.at('name').text);
  const items = volume?.at('secret', 'items').items ?? [];
  const file = path.slice((mount?.at('mountPath').text ?? '').length + 1);
  const holds = items.some((item) => item.at('path').text === file);
  found.must(holds, where, `no mounted Secret has the file ${path}`);
}
