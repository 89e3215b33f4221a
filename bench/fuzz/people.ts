import type { Signed } from './plan.js';

/** Of everybody who is made here; the right one where a body asks for the current password. */
export const PASSWORD = 'seven purple elephants';
export const FRIEND = 'grace-hopper';

export const isSigned = (signed: Signed): boolean => signed === 'user' || signed === 'admin' || signed === 'leaver';

/** Who the requests come from. Fuzzing signs people out, blocks them and changes their roles: they come back. */
export class People {
  private readonly tokens = new Map<Signed, string>();
  private readonly credentials = new Map<Signed, { email: string; password: string }>();

  constructor(
    private readonly url: string,
    admin: { email: string; password: string },
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
    const credentials = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD };
    await this.post('/auth/register', { ...credentials, full_name: 'Grace Hopper' });
    await this.confirmAddresses();
    const response = await fetch(`${this.url}/api/v1/users/me/public-profile`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.signIn(credentials)}` },
      body: JSON.stringify({ slug: FRIEND, is_listed: true }),
    });
    if (!response.ok) throw new Error(`the friend's page: ${response.status}`);
  }

  forget(signed: Signed): void {
    this.tokens.delete(signed);
  }

  private async tokenOf(signed: Signed): Promise<string> {
    const known = this.credentials.get(signed);
    try {
      if (known !== undefined) return await this.signIn(known);
    } catch (error) {
      // Blocked by a request of the admin: somebody new takes over.
      if (signed === 'admin') throw error;
    }
    const credentials = { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD };
    await this.post('/auth/register', { ...credentials, full_name: 'Fuzzy' });
    await this.confirmAddresses();
    this.credentials.set(signed, credentials);
    return this.signIn(credentials);
  }

  private async signIn(credentials: { email: string; password: string }): Promise<string> {
    const { access_token: token } = await this.post('/auth/login', credentials);
    if (typeof token !== 'string') throw new Error(`${credentials.email} could not sign in`);
    return token;
  }

  private async post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok || typeof answer !== 'object' || answer === null) throw new Error(`${path}: ${response.status}`);
    return { ...answer };
  }
}
