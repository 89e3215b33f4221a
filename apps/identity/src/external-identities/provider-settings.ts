import { NotAccepted, setting } from '#platform';

export interface ConfiguredProvider {
  id: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
}

const ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
const TAKEN = new Set(['google', 'linkedin']);

/** A JSON list in one variable (or a file, by OIDC_PROVIDERS_FILE): there may be any number of providers. */
export const externalProviderSettings = {
  PUBLIC_URL: setting.url({
    default: 'http://127.0.0.1:8002',
    description: 'Address of the API as browsers reach it; providers send people back to it',
  }),
  SIGN_IN_RETURN_URLS: setting.list({
    default: [],
    pattern: /^https?:\/\/[^\s#]+$/,
    expected: 'a comma-separated list of whole addresses such as https://app.example.org/signed-in',
    description: 'Pages a sign-in by a provider may end at, exactly as written; without one it ends with JSON',
  }),
  GOOGLE_CLIENT_ID: setting.string({ optional: true, maxLength: 200, description: 'Switches Google Sign-In on' }),
  GOOGLE_CLIENT_SECRET: setting.secret({ optional: true, description: 'Needed for GET /auth/google' }),
  GOOGLE_ISSUER: setting.url({ default: 'https://accounts.google.com', description: 'Replaced in tests' }),
  GOOGLE_APP_CLIENT_IDS: setting.list({
    default: [],
    maxItems: 20,
    description: 'Client ids of your Android, iOS and web apps whose id_tokens are taken as well',
  }),
  LINKEDIN_CLIENT_ID: setting.string({ optional: true, maxLength: 200, description: 'Switches LinkedIn sign-in on' }),
  LINKEDIN_CLIENT_SECRET: setting.secret({ optional: true, description: 'Belongs to LINKEDIN_CLIENT_ID' }),
  LINKEDIN_ISSUER: setting.url({ default: 'https://www.linkedin.com/oauth', description: 'Replaced in tests' }),
  OIDC_PROVIDERS: setting.parsed({
    default: [],
    secret: true,
    description: 'Further OpenID Connect providers (Keycloak, Authentik, Entra …), found by discovery at their issuer',
    expected:
      'a JSON list such as [{"id":"keycloak","issuer":"https://id.example.org/realms/home","client_id":"…","client_secret":"…"}]',
    parse: parseProviders,
    format: (providers: readonly ConfiguredProvider[]) => providers.map(({ id }) => id).join(','),
  }),
};

function parseProviders(text: string): readonly ConfiguredProvider[] {
  const list = parseJson(text);
  if (!Array.isArray(list)) throw new NotAccepted('it is not a list');
  const providers = list.map(parseProvider);
  const ids = new Set(providers.map(({ id }) => id));
  if (ids.size !== providers.length) throw new NotAccepted('an id is there twice');
  return providers;
}

function parseProvider(entry: unknown): ConfiguredProvider {
  const [id, issuer, clientId, clientSecret] = ['id', 'issuer', 'client_id', 'client_secret'].map((name) => {
    const value: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, name) : undefined;
    if (typeof value !== 'string' || value === '') throw new NotAccepted(`an entry has no ${name}`);
    return value;
  });
  if (id === undefined || issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw new NotAccepted('an entry is not complete');
  }
  if (!ID.test(id)) throw new NotAccepted(`the id "${id}" is not made of small letters, digits and "-"`);
  if (TAKEN.has(id)) throw new NotAccepted(`the id "${id}" has settings of its own`);
  if (!URL.canParse(issuer)) throw new NotAccepted(`the issuer of "${id}" is not a URL`);
  return { id, issuer, clientId, clientSecret };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The text holds secrets: the parser's message would quote it.
    throw new NotAccepted('it is not JSON');
  }
}
