import type { Signed } from './plan.js';

/** Of everybody who is made here; the right one where a body asks for the current password. */
export const PASSWORD = 'seven purple elephants';
export const FRIEND = 'grace-hopper';

export const isSigned = (signed: Signed): boolean => signed !== 'nobody' && signed !== 'nonsense';

interface Credentials {
  email: string;
  password: string;
}

/** Who the requests come from. Fuzzing signs people out, blocks them and changes their roles: they come back. */
export class People {
  private readonly tokens = new Map<Signed, string>();
  private readonly credentials = new Map<Signed, Credentials>();
  /** By the address. */
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly url: string,
    admin: Credentials,
    /** Confirms the addresses of everybody: nobody reads mails here, and who has not confirmed may do little. */
    private readonly confirmAddresses: () => Promise<void>,
  ) {
    this.credentials.set('admin', admin);
  }

  async headersOf(signed: Signed): Promise<Record<string, string>> {
    if (signed === 'nobody') return {};
    if (signed === 'nonsense') return { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' };
    let token = this.tokens.get(signed);
    if (token === undefined) {
      token = await this.tokenOf(signed);
      this.tokens.set(signed, token);
    }
    return { authorization: `Bearer ${token}` };
  }

  /** The person the examples of the document want to meet. */
  async makeFriend(): Promise<void> {
    await this.put('/users/me/public-profile', { slug: FRIEND, is_listed: true }, 'friend');
  }

  credentialsOf(signed: Signed): Credentials {
    const known = this.credentials.get(signed);
    if (known === undefined) throw new Error(`${signed} was never here`);
    return known;
  }

  /** From now on it is this person. */
  introduce(signed: Signed, credentials: Credentials): void {
    this.credentials.set(signed, credentials);
    this.tokens.delete(signed);
  }

  forget(signed: Signed): void {
    this.tokens.delete(signed);
  }

  private async tokenOf(signed: Signed): Promise<string> {
    if (signed === 'key') return this.makeKey();
    const known = this.credentials.get(signed);
    try {
      if (known !== undefined) return await this.enter(signed, known);
    } catch (error) {
      // Blocked by a request of the admin: somebody new takes over.
      if (signed === 'admin') throw error;
    }
    const credentials = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD };
    const { id } = await this.post('/auth/register', { ...credentials, full_name: 'Fuzzy' });
    this.ids.set(credentials.email, String(id));
    await this.confirmAddresses();
    this.credentials.set(signed, credentials);
    return this.enter(signed, credentials);
  }

  private async makeKey(): Promise<string> {
    const { key } = await this.post('/api-keys', { name: 'A program', scopes: ['read:notifications'] }, 'user');
    return String(key);
  }

  private async enter(signed: Signed, credentials: Credentials): Promise<string> {
    // Each time: a request of the admin may have taken the role away.
    if (signed === 'employer') {
      await this.put(`/admin/users/${this.ids.get(credentials.email)}`, { roles: ['user', 'employer'] }, 'admin');
    }
    const { access_token: token } = await this.post('/auth/login', credentials);
    if (typeof token !== 'string') throw new Error(`${credentials.email} could not sign in`);
    return token;
  }

  private async put(path: string, body: object, signed: Signed): Promise<void> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...(await this.headersOf(signed)) },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} as ${signed}: ${response.status}`);
  }

  private async post(
    path: string,
    body: object,
    signed: Signed = 'nobody',
  ): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await this.headersOf(signed)) },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok || typeof answer !== 'object' || answer === null) throw new Error(`${path}: ${response.status}`);
    return { ...answer };
  }
}
