import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS } from '#contracts';
import { lintNatsConfig, lintNatsImage } from '#messaging';
import { parse } from 'yaml';
import { DEPLOYMENT_SECRETS } from '../../apps/cli/src/secrets/deployment-secrets.js';
import { Place } from './manifest.js';
import { Findings } from './rules/rule.js';
import { definitionOf, problemsOf, secretFor } from './rules/settings.js';
import { ROOT } from './tools.js';

const VARIABLE = /\$\{([A-Z_]+)(:\?|:-)?([^}]*)\}/g;
const SECRET_NAMES = new Set(DEPLOYMENT_SECRETS.map(({ variable }) => variable));

export const composeText = (): string => readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');

/** Everything that is wrong with a compose file and the list of its variables. */
export function composeProblems(text: string, envExample: string): string[] {
  const found = new Findings();
  const file = new Place(parse(text, { merge: true, uniqueKeys: true }));
  const services = new Map(file.at('services').entries);
  for (const [name, service] of services) checkService(name, service, found);
  for (const app of APPS) found.must(services.has(app), 'services', `${app} is missing`);
  for (const app of APPS.filter((one) => one !== 'gateway')) {
    const condition = services.get(app)?.at('depends_on', 'migrate', 'condition').text;
    found.must(condition === 'service_completed_successfully', app, 'may start before the migration is through');
  }
  checkNats(services.get('nats') ?? new Place(undefined), found);
  checkVariables(text, envExample, found);
  return found.problems;
}

function checkService(name: string, service: Place, found: Findings): void {
  found.must(service.at('read_only').value === true, name, 'the root file system must be read-only');
  found.must(
    service.at('cap_drop').items.some((item) => item.text === 'ALL'),
    name,
    'must drop all capabilities',
  );
  found.must(!service.at('cap_add').exists && !service.at('privileged').exists, name, 'must not take rights back');
  const options = service.at('security_opt').items.map((item) => item.text);
  found.must(options.includes('no-new-privileges:true'), name, 'must not gain privileges');
  found.must(service.at('mem_limit').exists, name, 'needs a memory limit');
  const isDisabled = service.at('healthcheck', 'disable').value === true;
  found.must(service.at('healthcheck', 'test').items.length > 0 || isDisabled, name, 'needs a healthcheck');
  found.must(!isDisabled || service.at('restart').text === 'no', name, 'runs on without a healthcheck');
  found.must(!/:latest$|^[^:]+$/.test(service.at('image').text ?? ''), name, 'the image needs a version');
  for (const { text } of service.at('ports').items) {
    found.must(
      /^(127\.0\.0\.1|\$\{API_ADDRESS:-127\.0\.0\.1\}):/.test(text ?? ''),
      name,
      `${text ?? '?'} is open to the network`,
    );
  }
  const program = service.at('command', 0).text ?? '';
  const app = /^dist\/apps\/([a-z-]+)\/src\/main\.js$/.exec(program)?.[1];
  if (app !== undefined) checkEnvironment(name, app, service, found);
}

function checkEnvironment(name: string, app: string, service: Place, found: Findings): void {
  const source = join(ROOT, 'apps', app, 'src', 'main.ts');
  const definition = definitionOf(app);
  if (definition === undefined || !existsSync(source)) return found.must(false, name, `starts ${app}, which is no app`);
  const environment: Record<string, string> = {};
  for (const [variable, { value }] of service.at('environment').entries) {
    const text = String(value).replace(VARIABLE, (_, name: string, kind: string, rest: string) =>
      kind === ':-' ? rest : secretFor(name),
    );
    if (variable in definition) environment[variable] = text;
    else found.must(variable === 'NODE_OPTIONS', name, `${variable} is not a setting of this app`);
  }
  for (const problem of problemsOf(definition, environment)) found.must(false, name, problem);
  if ('FILE_STORE' in definition && (environment['FILE_STORE'] ?? 'disk') === 'disk') {
    const folders = service.at('volumes').items.map(({ text }) => /^[a-z]+:(.*)$/.exec(text ?? '')?.[1]);
    const folder = environment['DATA_DIR'] ?? '';
    found.must(folders.includes(folder), name, `keeps files in ${folder}, which goes with the container`);
  }
  if (app !== 'cli') {
    found.must(environment['HEALTH_HOST'] === '0.0.0.0', name, 'HEALTH_HOST must be 0.0.0.0');
    found.must(app !== 'gateway' || environment['API_HOST'] === '0.0.0.0', name, 'API_HOST must be 0.0.0.0');
  }
}

function checkNats(nats: Place, found: Findings): void {
  const image = nats.at('image').text ?? '';
  for (const problem of lintNatsImage(image)) found.must(problem.endsWith('by digest'), 'nats', problem);
  const mount = nats
    .at('volumes')
    .items.map(({ text }) => text?.split(':') ?? [])
    .find(([, target]) => target?.endsWith('.conf'));
  const [source = '', target = ''] = mount ?? [];
  found.must(
    nats.at('command').items.some((item) => item.text === target),
    'nats',
    'does not start with the mounted file',
  );
  const path = join(ROOT, source);
  if (!existsSync(path)) return found.must(false, 'nats', `${source} is not there`);
  const config = readFileSync(path, 'utf8');
  for (const problem of lintNatsConfig(config, 'shipped')) found.must(false, 'nats', problem);
  const given = new Set(nats.at('environment').entries.map(([name]) => name));
  for (const [variable] of config.matchAll(/\$NATS_[A-Z_]+/g)) {
    found.must(given.has(variable.slice(1)), 'nats', `${variable} is not given`);
  }
}

/** A secret has no default, is made by `careercopilot secrets`, and its name is in .env.example without a value. */
function checkVariables(text: string, envExample: string, found: Findings): void {
  const lines = envExample.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const listed = new Set(lines.map((line) => line.split('=', 1)[0] ?? ''));
  for (const line of lines) found.must(/^[A-Z_]+=$/.test(line), '.env.example', `${line} has a value`);
  const used = new Set<string>();
  for (const [whole, name = '', kind] of text.matchAll(VARIABLE)) {
    used.add(name);
    const isSecret = /PASSWORD|SECRET|KEY|TOKEN/.test(name);
    found.must(kind !== undefined, 'docker-compose.yml', `${whole} is silently empty when it is not set`);
    found.must(!isSecret || kind === ':?', 'docker-compose.yml', `${whole} is a secret with a default`);
    found.must(!isSecret || SECRET_NAMES.has(name), 'docker-compose.yml', `${name} is made by nobody`);
    found.must(listed.has(name), '.env.example', `${name} is missing`);
  }
  for (const name of listed) found.must(used.has(name), '.env.example', `${name} is used by nobody`);
  for (const [, name = ''] of text.matchAll(/^ +(\w*(?:PASSWORD|SECRET)\w*): (?!.*\$\{)/gm)) {
    found.must(false, 'docker-compose.yml', `${name} is written in the open`);
  }
}
