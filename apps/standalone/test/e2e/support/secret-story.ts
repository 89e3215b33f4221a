import { expect } from '@jest/globals';
import { newId } from '#kernel';
import { ADMIN, ApiDocument, eventually } from '#testing';
import { TOTP, URI } from 'otpauth';
import { ApiClient, type ApiAnswer } from './api-client.js';
import { Canaries } from './canaries.js';
import { triedSocket } from './live-socket.js';
import { letterTo, tokenIn } from './mailbox.js';
import { PASSWORD, signIn } from './people.js';
import { Planter } from './planter.js';
import { poison } from './poison.js';
import type { WatchedCluster } from './watched-cluster.js';

/** One life with the platform, in which every secret is unique. What was planted, by name. */
export class SecretStory {
  readonly planted = new Map<string, string>();
  readonly marker = { requestId: `marker-${newId()}`, traceId: newId().replaceAll('-', '') };
  canaries: Canaries;
  reasons: string[] = [];
  readonly api: ApiClient;
  private admin: string;
  private ada: { id: string; email: string; password: string; token: string };
  private eve: { id: string; email: string; token: string };

  constructor(private readonly watched: WatchedCluster) {
    this.api = new ApiClient(watched.cluster.gatewayUrl, ApiDocument.read());
  }

  async tell(): Promise<void> {
    for (const [name, secret] of Object.entries(this.watched.secrets)) this.plant(name, secret);
    for (const [user, password] of Object.entries(this.watched.nats.passwords))
      this.plant(`password of ${user} at the bus`, password);
    this.plant('text of a site that failed', this.watched.upstreamText);
    await this.openHouse();
    await this.signUp();
    await this.talk();
    await new Planter(this.api, this.canaries, this.ada.token).plantAll();
    await poison(this.watched.database, (name, text) => this.plant(name, text));
    await this.programs();
    await this.letters();
    await this.secondFactor();
    await this.askForNonsense();
    await this.leave();
    await this.settle();
  }

  /** Keeps what was accepted, or refused, as it should be. */
  private plant(name: string, secret = this.canaries.text(name)): string {
    if (secret.length < 6) throw new Error(`${name} is too short to be found: ${secret}`);
    this.planted.set(name, secret);
    return secret;
  }

  private async openHouse(): Promise<void> {
    const { api } = this;
    this.admin = await signIn(api, ADMIN.email, this.watched.secrets['password of the owner']);
    await api.post('/jobs/scrape', { token: this.admin, body: { sources: ['sample-feed', 'themuse'] } });
    const job = await eventually(
      async () => {
        const { jobs } = (await api.get('/jobs?per_page=1')).body;
        expect(jobs).toHaveLength(1);
        return jobs[0];
      },
      { timeoutMs: 30_000 },
    );
    const [eve, bob] = [await this.somebody('eve'), await this.somebody('bob')];
    this.eve = eve;
    this.canaries = new Canaries({
      job_id: job.id,
      receiver_id: eve.id,
      'requestConnection.receiver_id': bob.id,
    });
  }

  private async register(email: string, password: string, full_name: string, headers = {}): Promise<{ id: string }> {
    const { status, body } = await this.api.post('/auth/register', { headers, body: { email, password, full_name } });
    expect(status).toBe(201);
    return { id: String(body.id) };
  }

  /** With a page others find. */
  private async somebody(slug: string): Promise<{ id: string; email: string; token: string }> {
    const email = `${slug}@example.com`;
    const { id } = await this.register(email, PASSWORD, slug);
    await this.watched.database.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [id]);
    const token = await signIn(this.api, email, PASSWORD);
    await this.api.put('/users/me/public-profile', { token, body: { slug: `${slug}-adams`, is_listed: true } });
    return { id, email, token };
  }

  private async signUp(): Promise<void> {
    const { api, canaries } = this;
    const email = this.plant('e-mail', `${canaries.text('e-mail')}@example.com`);
    const password = this.plant('password', `${canaries.text('password')} horse`);
    const headers = {
      'user-agent': this.plant('user agent'),
      'idempotency-key': this.plant('idempotency key', `${canaries.mark}-key`),
      referer: `https://app.example/${this.plant('referer')}`,
      cookie: `session=${this.plant('cookie')}`,
      baggage: `note=${this.plant('baggage')}`,
      'x-api-key': this.plant('key in a header of its own'),
    };
    const name = this.plant('name');
    const { id } = await this.register(email, password, name, headers);
    const wrong = this.plant('wrong password');
    expect((await api.post('/auth/login', { headers, body: { email, password: wrong } })).status).toBe(401);
    const nobody = this.plant('address nobody has', `${canaries.text('nobody')}@example.com`);
    expect((await api.post('/auth/login', { body: { email: nobody, password: wrong } })).status).toBe(401);
    expect((await api.post('/auth/register', { body: { email, password, full_name: name } })).status).toBe(409);
    const session = await api.post('/auth/login', { headers, body: { email, password } });
    const old = this.plant('refresh token', session.body.refresh_token);
    const fresh = await api.post('/auth/refresh', { body: { refresh_token: old } });
    this.plant('refresh token after it', fresh.body.refresh_token);
    this.ada = { id, email, password, token: this.plant('access token', fresh.body.access_token) };
    await api.post('/auth/resend-verification', { token: this.ada.token });
    const proof = this.plant('token of a letter', await tokenIn(this.api, this.admin, email, 'verify_email'));
    expect((await api.post('/auth/verify-email', { body: { token: proof } })).status).toBe(200);
    expect((await api.post('/auth/verify-email', { body: { token: proof } })).status).toBe(422);
    const forged = this.plant('refresh token that is none', `ccrt_${canaries.text('forged refresh')}`);
    expect((await api.post('/auth/refresh', { body: { refresh_token: forged } })).status).toBeGreaterThanOrEqual(400);
  }

  /** With another person, who answers. */
  private async talk(): Promise<void> {
    const { api, ada, eve } = this;
    const asked = await api.post('/social/connections', { token: ada.token, body: { receiver_id: eve.id } });
    const path = `/social/connections/${String(asked.body.id)}`;
    expect((await api.put(path, { token: eve.token, body: { status: 'accepted' } })).status).toBe(200);
    for (const [who, to] of [
      [ada.token, eve.id],
      [eve.token, ada.id],
    ] as const) {
      const content = this.plant(`message to ${to}`);
      expect((await api.post('/social/messages', { token: who, body: { receiver_id: to, content } })).status).toBe(201);
    }
    await api.put(`/admin/users/${eve.id}`, { token: this.admin, body: { roles: ['user', 'employer'] } });
    eve.token = await signIn(api, eve.email, PASSWORD);
    const description = `<p>${this.plant('text of an employer')}</p>`;
    const posting = { title: 'Engineer', company: 'Northwind', location: 'Berlin, Germany', description };
    expect((await api.post('/jobs', { token: eve.token, body: posting })).status).toBe(201);
  }

  private async programs(): Promise<void> {
    const { api, canaries, ada } = this;
    const token = ada.token;
    const made = await api.post('/api-keys', { token, body: { name: 'A program', scopes: ['read:profile'] } });
    const key = this.plant('API key', made.body.key);
    expect((await api.get('/goals', { token: key })).status).toBe(200);
    const forged = this.plant('API key that is none', `${key.slice(0, -12)}${canaries.mark}`);
    expect((await api.get('/goals', { token: forged })).status).toBe(401);
    const query = this.plant('query of a webhook');
    const body = {
      url: `${this.watched.upstreamUrl}/hook?token=${query}`,
      event_types: ['identity.api-key.revoked.v1'],
    };
    const hook = await api.post('/webhooks', { token, body });
    this.plant('secret of a webhook', hook.body.secret);
    expect((await api.post(`/webhooks/${hook.body.id}/test`, { token })).body.status).toBe('failed');
    const rotated = await api.post(`/webhooks/${hook.body.id}/rotate`, { token });
    this.plant('secret of a webhook after it', rotated.body.secret);
    expect((await api.delete(`/api-keys/${made.body.id}`, { token })).status).toBe(204);
    const ticket = await api.post('/ws/tickets', { token });
    const url = `${this.watched.cluster.gatewayUrl.replace('http', 'ws')}/ws?ticket=`;
    await triedSocket(`${url}${this.plant('ticket of a socket', ticket.body.ticket)}`);
    await triedSocket(`${url}${this.plant('ticket that is none')}`);
  }

  private async letters(): Promise<void> {
    const { api, canaries, ada, eve } = this;
    await api.post('/auth/send-otp', { body: { email: eve.email } });
    const otp = this.plant(
      'code by mail',
      /\b\d{6}\b/.exec(await letterTo(this.api, this.admin, eve.email, 'sign_in_code'))?.[0] ?? '',
    );
    const wrong = this.plant('wrong code', String((Number(otp) + 271_828) % 1_000_000).padStart(6, '0'));
    expect((await api.post('/auth/verify-otp', { body: { email: eve.email, otp: wrong } })).status).toBe(401);
    expect((await api.post('/auth/verify-otp', { body: { email: eve.email, otp } })).status).toBe(200);
    await api.post('/auth/forgot-password', { body: { email: eve.email } });
    const reset = this.plant('token of a reset', await tokenIn(this.api, this.admin, eve.email, 'reset_password'));
    const new_password = this.plant('password after a reset', `${canaries.text('new password')} staple`);
    expect((await api.post('/auth/reset-password', { body: { token: reset, new_password } })).status).toBe(200);
    eve.token = await signIn(api, eve.email, new_password);
    const new_email = this.plant('new address', `${canaries.text('new address')}@example.com`);
    const change = { new_email, current_password: new_password };
    expect((await api.post('/auth/change-email', { token: eve.token, body: change })).status).toBe(202);
    const moved = this.plant('token of a new address', await tokenIn(this.api, this.admin, new_email, 'change_email'));
    expect((await api.post('/auth/verify-email', { body: { token: moved } })).status).toBe(200);
    const current_password = this.plant('wrong password at a change');
    const refused = await api.put('/users/me/password', { token: ada.token, body: { current_password, new_password } });
    expect(refused.status).toBeGreaterThanOrEqual(400);
  }

  private async secondFactor(): Promise<void> {
    const { api, ada } = this;
    const { token, email, password } = ada;
    const setup = await api.post('/auth/mfa/totp/setup', { token, body: { current_password: password } });
    this.plant('secret of an authenticator', setup.body.secret);
    const phone = URI.parse(setup.body.otpauth_uri);
    if (!(phone instanceof TOTP)) throw new Error('not a time-based code');
    const code = this.plant('code of an authenticator', phone.generate());
    const enabled = await api.post('/auth/mfa/totp/enable', { token, body: { code } });
    expect(enabled.status).toBe(200);
    const [first, second] = enabled.body.recovery_codes;
    this.plant('recovery code', second);
    const login = await api.post('/auth/login', { body: { email, password } });
    const mfa_token = this.plant('token of a half sign-in', login.body.mfa_token);
    expect((await api.post('/auth/mfa/verify', { body: { mfa_token, code } })).status).toBe(401);
    const recovery_code = this.plant('recovery code that was used', first);
    expect((await api.post('/auth/mfa/verify', { body: { mfa_token, recovery_code } })).status).toBe(200);
  }

  /** Where a client puts things that do not belong there. */
  private async askForNonsense(): Promise<void> {
    const { api, canaries, ada } = this;
    const { token } = ada;
    const words = this.plant('search words', `${canaries.text('search words')} "ä&b"`);
    const { requestId, traceId } = this.marker;
    const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    expect((await api.get(`/jobs?q=${encodeURIComponent(words)}`, { token, headers })).status).toBe(200);
    expect((await api.get(`/social/profiles?q=${canaries.text('people')}`, { token })).status).toBe(200);
    const value = (name: string) => this.plant(name);
    const refusals: [name: string, answer: Promise<ApiAnswer>, status: number][] = [
      ['query', api.get(`/jobs?page=${value('value in a query')}`, { token }), 422],
      ['id', api.get(`/goals/${value('value in a path')}`, { token }), 422],
      ['bearer', api.get('/goals', { token: value('bearer that is no token') }), 401],
      ['number', api.put('/users/me', { token, body: { salary_min: value('text for a number') } }), 422],
      ['choice', api.put('/users/me', { token, body: { experience_level: value('choice there is not') } }), 422],
      ['date', api.post('/goals', { token, body: { title: 'x', start_date: value('date that is none') } }), 422],
      [
        'certificate',
        api.get(`/users/me/erasure-certificate/${newId()}?secret=${value('secret that opens nothing')}`),
        404,
      ],
      ['callback', api.get(`/auth/google/callback?code=${value('code of a provider')}&state=${value('state')}`), 401],
    ];
    const got = await Promise.all(refusals.map(async ([name, answer]) => [name, (await answer).status]));
    expect(got).toEqual(refusals.map(([name, , status]) => [name, status]));
    const sources = [value('source there is not')];
    expect((await api.post('/jobs/scrape', { token: this.admin, body: { sources } })).status).toBe(422);
    const name = value('skill she has already');
    const skill = () => api.post('/skills', { token, body: { name } });
    expect([(await skill()).status, (await skill()).status]).toEqual([201, 409]);
    const body = { slug: value('address of a page'), is_listed: true };
    expect((await api.put('/users/me/public-profile', { token: this.eve.token, body })).status).toBe(200);
    expect((await api.put('/users/me/public-profile', { token, body })).status).toBe(409);
    await this.raw('/nowhere/'.concat(value('path that is none')), {}, 404);
    await this.raw('/goals', { 'content-type': 'application/json' }, 400, `{"title": "${value('broken JSON')}`);
    await this.raw('/goals', { 'content-type': 'text/plain' }, 415, value('body of another type'));
    await this.raw('/auth/google', {}, 503);
  }

  /** As no client of the document would ask. */
  private async raw(path: string, headers: Record<string, string>, status: number, body?: string): Promise<void> {
    const url = `${this.watched.cluster.gatewayUrl}/api/v1${path}`;
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await fetch(url, {
      method,
      body,
      headers: { authorization: `Bearer ${this.ada.token}`, ...headers },
    });
    this.api.refused.push(await answer.text());
    expect([path, answer.status]).toEqual([path, status]);
  }

  private async leave(): Promise<void> {
    const { api, ada } = this;
    const { token, password } = ada;
    const { id } = (await api.post('/users/me/export', { token })).body;
    const link = await eventually(
      async () => {
        const { body } = await api.get(`/users/me/export/${String(id)}`, { token });
        expect(body.status).toBe('ready');
        return String(body.download_url);
      },
      { timeoutMs: 30_000 },
    );
    this.plant('link of an export', link.slice(link.indexOf('token=') + 6));
    expect((await fetch(`${this.watched.cluster.gatewayUrl}${link}`)).status).toBe(200);
    const asked = await api.delete('/users/me', { token, body: { password } });
    expect(asked.status).toBe(202);
    const undo = this.plant('token that undoes an erasure', asked.body.undo_token);
    this.plant('secret of a certificate', asked.body.certificate_secret);
    const certificate = `/users/me/erasure-certificate/${asked.body.id}?secret=${asked.body.certificate_secret}`;
    expect((await api.get(certificate)).status).toBe(200);
    expect((await api.post('/users/me/undo-erasure', { body: { undo_token: undo } })).status).toBe(200);
  }

  /** Until what was poisoned is where it belongs. */
  private async settle(): Promise<void> {
    await eventually(
      async () => {
        const { dead_letters } = (await this.api.get('/admin/dead-letters', { token: this.admin })).body;
        this.reasons = dead_letters.map(({ reason }: { reason: string }) => reason);
        expect(this.reasons.length).toBeGreaterThanOrEqual(2);
      },
      { timeoutMs: 20_000 },
    );
  }
}
