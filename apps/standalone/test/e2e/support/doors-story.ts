import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from '@jest/globals';
import { WEBHOOK_EVENT_TYPES } from '#contracts';
import { eventually, unzip } from '#testing';
import sharp from 'sharp';
import { LiveSocket } from './live-socket.js';
import { PASSWORD, type Person, somebody } from './people.js';
import type { Scene } from './scene.js';

/** What the table of doors calls who comes: she owns what it speaks of, except the posting and the picture of nobody. */
export const VISITORS = ['she', 'connected', 'stranger', 'key', 'nobody', 'admin'] as const;
export type Visitor = (typeof VISITORS)[number];
type Listener = Exclude<Visitor, 'key' | 'nobody'>;
const LISTENERS: readonly Listener[] = ['she', 'connected', 'stranger', 'admin'];

/** Everything of hers, moved once while everybody listens at every door that speaks by itself. */
export class DoorsStory {
  /** By the name a thing has in the table: what gives it away wherever it stands. */
  readonly marks = new Map<string, string>();
  /** Values for the placeholders of addresses. */
  readonly places = new Map<string, string>();
  /** Secrets of links and keys that were handed out. */
  readonly secrets = new Map<string, string>();
  private readonly exports = new Map<Listener, string>();
  private readonly called = new Map<Listener, string[]>();
  private readonly sockets = new Map<Listener, LiveSocket>();
  private server: Server | undefined;

  constructor(private readonly scene: Scene) {}

  tokenOf(visitor: Visitor): string | undefined {
    const { ada, firm, eve, admin } = this.scene;
    return { she: ada.token, connected: firm.token, stranger: eve.token, key: eve.key, nobody: undefined, admin }[
      visitor
    ];
  }

  /** Everything somebody's sockets, webhook or export told him. */
  heard(door: string, visitor: Visitor): string | undefined {
    const listener = LISTENERS.find((one) => one === visitor);
    if (listener === undefined) return undefined;
    if (door === 'export') return this.exports.get(listener);
    if (door === 'webhook') return this.called.get(listener)?.join('\n');
    return JSON.stringify(this.sockets.get(listener)?.frames);
  }

  async tell(): Promise<void> {
    this.learnIds();
    await this.listen();
    await this.wearPictures();
    await this.openPage();
    await this.move();
    await this.leave();
    for (const listener of LISTENERS) this.exports.set(listener, await this.exportOf(listener));
    const history = await this.scene.api.get('/auth/audit', { token: this.scene.ada.token });
    this.marks.set('security history', String(history.body.entries[0].id));
    await this.waitForCalls();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets.values()) await socket.close();
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private learnIds(): void {
    const { belongings, ada, firm, rival, jobId, postingId } = this.scene;
    const of = (template: string): string => String(belongings.idsOf(template).at(-1));
    const ids = {
      application: of('/api/v1/applications/{id}'),
      letter: of('/api/v1/ai/cover-letters/{id}'),
      generation: of('/api/v1/ai/generations/{id}'),
      bookmark: jobId,
      connection: of('/api/v1/social/connections/{id}'),
      goal: of('/api/v1/goals/{id}'),
      progress: of('/api/v1/goals/{id}/progress/{entry_id}'),
      achievement: of('/api/v1/achievements/{id}'),
      skill: of('/api/v1/skills/{id}'),
      webhook: of('/api/v1/webhooks/{id}'),
      delivery: of('/api/v1/webhooks/{id}/deliveries/{delivery_id}'),
      'API key': of('/api/v1/api-keys/{id}'),
      session: of('/api/v1/auth/sessions/{id}'),
      'provider identity': of('/api/v1/auth/identities/{id}'),
      passkey: of('/api/v1/auth/passkeys/{id}'),
      posting: postingId,
      export: of('/api/v1/users/me/export/{id}'),
      account: ada.email,
    };
    for (const [name, id] of Object.entries(ids)) {
      this.marks.set(name, id);
      this.places.set(name, id);
    }
    for (const [name, id] of Object.entries({ user: ada.id, employer: firm.id, 'somebody without a page': rival.id })) {
      this.places.set(name, id);
    }
  }

  private async listen(): Promise<void> {
    const { api, platform } = this.scene;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const listener = LISTENERS.find((one) => request.url === `/${one}`);
        if (listener !== undefined) this.called.get(listener)?.push(Buffer.concat(chunks).toString('utf8'));
        response.writeHead(204).end();
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const listener of LISTENERS) {
      const token = this.tokenOf(listener) ?? '';
      this.called.set(listener, []);
      const body = { url: `http://127.0.0.1:${port}/${listener}`, event_types: WEBHOOK_EVENT_TYPES };
      const made = await api.post('/webhooks', { token, body });
      expect(made.status).toBe(201);
      if (listener === 'she') this.secrets.set('webhook', String(made.body.secret));
      this.sockets.set(listener, await LiveSocket.open(platform.url, token));
    }
  }

  /** The second takes the place of the first. */
  private async wearPictures(): Promise<void> {
    for (const name of ['old picture', 'picture']) {
      const create = { width: 64, height: 64, channels: 3, background: { r: 10, g: 200, b: 10 } } as const;
      const body = new Uint8Array(await sharp({ create }).png().toBuffer());
      const headers = { authorization: `Bearer ${this.scene.ada.token}`, 'content-type': 'image/png' };
      const answer = await fetch(`${this.scene.platform.url}/api/v1/users/avatar`, { method: 'POST', headers, body });
      expect(answer.status).toBe(201);
      const { avatar }: { avatar: { id: string } } = JSON.parse(await answer.text());
      this.places.set(name, avatar.id);
    }
  }

  /** One section for everybody, one for those she is connected with, one for nobody. */
  private async openPage(): Promise<void> {
    const mine = { token: this.scene.ada.token };
    const profile = { headline: 'Shown to everybody', company: 'Shown to connections', bio: 'Shown to nobody' };
    expect((await this.scene.api.put('/users/me', { ...mine, body: profile })).status).toBe(200);
    const visibility = { about: 'private', position: 'connections', picture: 'public' };
    const page = { slug: 'ada-lovelace', is_listed: true, visibility };
    expect((await this.scene.api.put('/users/me/public-profile', { ...mine, body: page })).status).toBe(200);
    this.places.set('slug', page.slug);
    this.marks.set('page', 'Ada Lovelace');
    this.marks.set('section for connections', profile.company);
    this.marks.set('private section', profile.bio);
    this.marks.set('profile', profile.bio);
  }

  /** One thing of each kind that is told by socket, webhook or notification. */
  private async move(): Promise<void> {
    const { api, ada, firm, jobId } = this.scene;
    const mine = { token: ada.token };
    const application = `/applications/${this.places.get('application') ?? ''}`;
    expect((await api.put(application, { ...mine, body: { status: 'offered' } })).status).toBe(200);
    const words = { receiver_id: ada.id, content: 'Between the two of us' };
    const message = await api.post('/social/messages', { token: firm.token, body: words });
    this.marks.set('message', String(message.body.id));
    this.places.set('message', String(message.body.id));
    expect((await api.delete(`/jobs/${jobId}/bookmark`, mine)).status).toBe(204);
    expect((await api.post('/saved-jobs', { ...mine, body: { job_id: jobId } })).status).toBe(201);
    const letter = await api.post('/ai/cover-letter/generate', { ...mine, body: { job_id: jobId, tone: 'formal' } });
    this.marks.set('letter', String(letter.body.id));
    this.places.set('letter', String(letter.body.id));
    const told = await this.sockets
      .get('she')
      ?.find(({ type, data }) => type === 'notification' && JSON.stringify(data).includes('offered'));
    this.marks.set('notification', String(told?.data.id));
  }

  /** Somebody who goes, and what she was given to see it through. */
  private async leave(): Promise<void> {
    const { api } = this.scene;
    const gone: Person = await somebody(api, 'Gone Away');
    const { body } = await api.delete('/users/me', { token: gone.token, body: { password: PASSWORD } });
    this.places.set('erasure', String(body.id));
    this.places.set('certificate secret', String(body.certificate_secret));
    this.secrets.set('certificate', String(body.certificate_secret));
    this.marks.set('certificate', String(body.id));
  }

  private async exportOf(listener: Listener): Promise<string> {
    const { api, platform } = this.scene;
    const token = this.tokenOf(listener);
    const ready = async (id: string) =>
      eventually(
        async () => {
          const { body } = await api.get(`/users/me/export/${id}`, { token });
          expect(body.status).toBe('ready');
          return String(body.download_url);
        },
        { timeoutMs: 60_000 },
      );
    // One that was asked for before is told of as it was then.
    await ready(String((await api.post('/users/me/export', { token })).body.id));
    const { body } = await api.post('/users/me/export', { token });
    const url = await ready(String(body.id));
    if (listener === 'she') {
      this.places.set('link', url.slice(url.indexOf('/users/')));
      this.secrets.set('export', new URL(url, platform.url).searchParams.get('token') ?? '');
    }
    const file = await fetch(`${platform.url}${url}`);
    const entries = await unzip(Buffer.from(await file.arrayBuffer()));
    return [...entries.values()].map((entry) => entry.toString('utf8')).join('\n');
  }

  private waitForCalls(): Promise<void> {
    const wanted = ['application', 'message', 'bookmark', 'letter'].map((name) => this.marks.get(name) ?? '');
    return eventually(
      () => {
        const heard = this.heard('webhook', 'she') ?? '';
        expect(wanted.filter((mark) => !heard.includes(mark))).toEqual([]);
      },
      { timeoutMs: 30_000 },
    );
  }
}
