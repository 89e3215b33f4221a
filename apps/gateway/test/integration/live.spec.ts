import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { liveSubject, SessionRevokedV1 } from '#contracts';
import { newId } from '#kernel';
import { Stack } from '../support/stack.js';
import { type Person, person, tokenFor } from '../support/tokens.js';
import { until } from '../support/until.js';

let stack: Stack;
let url: string;
let other: string;
const open = new Set<WebSocket>();

beforeAll(async () => {
  stack = await Stack.start();
  [url, other] = await Promise.all([stack.gateway(), stack.gateway({ CORS_ORIGINS: 'https://app.example' })]);
}, 60_000);
afterEach(() => {
  for (const socket of open) socket.terminate();
  open.clear();
});
afterAll(() => stack.stop(), 30_000);

/** A client that remembers what it was told. */
class Client {
  readonly frames: Record<string, unknown>[] = [];
  closed: { code: number; reason: string } | undefined;
  refused: number | undefined;
  readonly socket: WebSocket;

  constructor(path: string, base = url, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${base.replace('http', 'ws')}${path}`, { headers });
    open.add(this.socket);
    this.socket.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString('utf8'))));
    this.socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.socket.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode;
      response.resume();
    });
    this.socket.on('error', () => undefined);
  }

  async opened(): Promise<this> {
    await until(() => this.socket.readyState === WebSocket.OPEN || this.refused !== undefined, 3_000);
    return this;
  }

  async established(): Promise<this> {
    await until(() => this.types().includes('connection_established'), 3_000);
    return this;
  }

  say(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  types(): unknown[] {
    return this.frames.map(({ type }) => type);
  }
}

const ticketFor = async (who: Person, base = url): Promise<string> => {
  const response = await fetch(`${base}/api/v1/ws/tickets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenFor(stack.key, who)}` },
  });
  const { ticket, expires_in }: { ticket: string; expires_in: number } = JSON.parse(await response.text());
  expect([response.status, expires_in]).toEqual([201, 30]);
  return ticket;
};
const connected = async (who: Person, base = url): Promise<Client> =>
  new Client(`/ws?ticket=${await ticketFor(who, base)}`, base).established();
async function refusedOne(who: Person, base: string): Promise<void> {
  const client = new Client(`/ws?ticket=${await ticketFor(who, base)}`, base);
  await until(() => client.closed !== undefined, 5_000);
  expect([client.closed, client.frames]).toEqual([{ code: 4429, reason: 'at most 5 sockets' }, []]);
}
const tell = (userId: string, data: Record<string, unknown>): Promise<void> =>
  stack.publish(liveSubject(userId), { type: 'notification', data, sent_at: new Date().toISOString() });

describe('opening a socket', () => {
  it('takes a ticket once', async () => {
    const who = person();
    const ticket = await ticketFor(who);
    const first = await new Client(`/ws?ticket=${ticket}`).established();
    expect(first.frames[0]).toEqual({
      type: 'connection_established',
      user_id: who.userId,
      channel: `user_${who.userId}`,
      sequence: 0,
    });
    expect((await new Client(`/ws?ticket=${ticket}`).opened()).refused).toBe(401);
  });

  it('takes a ticket of another gateway, also once', async () => {
    const ticket = await ticketFor(person(), other);
    await new Client(`/websocket?ticket=${ticket}`).established();
    expect((await new Client(`/ws?ticket=${ticket}`, other).opened()).refused).toBe(401);
  });

  it.each([`${newId()}.${'a'.repeat(32)}`, 'nonsense', '', '../../x'])('refuses the ticket "%s"', async (ticket) => {
    expect((await new Client(`/ws?ticket=${ticket}`).opened()).refused).toBe(401);
  });

  it('takes an auth frame instead', async () => {
    const who = person();
    const client = await new Client('/ws').opened();
    client.say({ type: 'auth', token: tokenFor(stack.key, who) });
    await client.established();
  });

  it('hears nothing and is closed with a wrong auth frame, or none', async () => {
    const wrong = await new Client('/ws').opened();
    wrong.say({ type: 'auth', token: 'x.y.z' });
    await until(() => wrong.closed !== undefined, 2_000);
    expect([wrong.closed?.code, wrong.types()]).toEqual([4401, ['error']]);
    const silent = await new Client('/ws').opened();
    await until(() => silent.closed !== undefined, 7_000);
    expect(silent.closed?.code).toBe(1008);
  });

  it('refuses a token in the address, other paths and other origins', async () => {
    const token = tokenFor(stack.key, person());
    expect((await new Client(`/ws?token=${token}`).opened()).refused).toBe(400);
    expect((await new Client('/socket').opened()).refused).toBe(404);
    expect((await new Client('/ws', url, { origin: 'https://evil.example' }).opened()).refused).toBe(403);
    expect((await new Client('/ws', other, { origin: 'https://evil.example' }).opened()).refused).toBe(403);
    expect((await new Client('/ws', other, { origin: 'https://app.example' }).opened()).refused).toBeUndefined();
    expect((await new Client('/ws', url, { origin: url }).opened()).refused).toBeUndefined();
  });

  it('is possible five times per person, over all gateways', async () => {
    const who = person();
    const clients: Client[] = [];
    for (const base of [url, other, url, other, other]) clients.push(await connected(who, base));
    const areKnown = (here: number, there: number) => () =>
      stack.socketsElsewhere(url, who.userId) === there && stack.socketsElsewhere(other, who.userId) === here;
    await until(areKnown(2, 3), 5_000);
    for (const base of [url, other]) await refusedOne(who, base);
    clients[1]?.socket.close();
    await until(areKnown(2, 2), 5_000);
    await connected(who);
    await until(areKnown(3, 2), 5_000);
    for (const base of [url, other]) await refusedOne(who, base);
    await connected(person());
  });

  it('is not possible more often by coming to all gateways at the same moment', async () => {
    const who = person();
    const bases = Array.from({ length: 10 }, (_, each) => (each % 2 === 0 ? url : other));
    const tickets = await Promise.all(bases.map((base) => ticketFor(who, base)));
    const clients = tickets.map((ticket, each) => new Client(`/ws?ticket=${ticket}`, bases[each]));
    await until(() => clients.filter(({ closed }) => closed?.code === 4429).length >= 5, 5_000);
  });

  it('is possible at once elsewhere when a gateway stops', async () => {
    const who = person();
    const third = await stack.gateway();
    const clients: Client[] = [];
    for (let each = 0; each < 5; each++) clients.push(await connected(who, third));
    await until(() => stack.socketsElsewhere(url, who.userId) === 5, 5_000);
    await refusedOne(who, url);
    const stopping = stack.stopGateway(third);
    await until(() => clients.every(({ closed }) => closed?.code === 1001), 5_000);
    await until(() => stack.socketsElsewhere(url, who.userId) === 0, 5_000);
    await connected(who);
    await stopping;
  });
});

describe('an open socket', () => {
  it('gets what is for its person, on every gateway and every socket, and nothing of anybody else', async () => {
    const [one, two] = [person(), person()];
    const [here, there, stranger] = [await connected(one), await connected(one, other), await connected(two)];
    await tell(one.userId, { n: 1 });
    await tell(two.userId, { n: 2 });
    await until(() => here.frames.length === 2 && there.frames.length === 2 && stranger.frames.length === 2, 2_000);
    expect([here, there, stranger].map(({ frames }) => frames[1]?.data)).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }]);
    here.socket.close();
    await until(() => here.closed !== undefined, 2_000);
    await tell(one.userId, { n: 3 });
    await until(() => there.frames.length === 3, 2_000);
  });

  it('answers ping, confirms its own channels and refuses those of others', async () => {
    const who = person();
    const client = await connected(who);
    client.say({ type: 'ping' });
    client.say({ type: 'subscribe', channel: `user_${who.userId}` });
    client.say({ type: 'subscribe', channel: `user_${newId()}` });
    client.say({ type: 'subscribe', channel: '>' });
    client.say('not json');
    client.say({ type: 'publish', channel: 'x' });
    await until(() => client.frames.length === 7, 2_000);
    expect(client.frames.slice(1).map(({ type, code }) => code ?? type)).toEqual([
      'pong',
      'subscription_confirmation',
      'FORBIDDEN',
      'FORBIDDEN',
      'VALIDATION_ERROR',
      'VALIDATION_ERROR',
    ]);
  });

  it('is closed for a frame over 64 kB and for more than 1 MB in a second', async () => {
    const [large, fast] = [await connected(person()), await connected(person())];
    large.say('x'.repeat(65 * 1024));
    // Far more than a second's worth: a busy machine reads them slowly.
    for (let frame = 0; frame < 200; frame++) fast.say(JSON.stringify({ type: 'ping', pad: 'x'.repeat(60_000) }));
    await until(() => large.closed !== undefined && fast.closed !== undefined, 10_000);
    expect([large.closed?.code, fast.closed?.code]).toEqual([1009, 4429]);
  });

  it('is closed within a second of the end of its session, and only that one', async () => {
    const who = person();
    const elsewhere = { ...who, sessionId: newId() };
    const [ended, kept] = [await connected(who), await connected(elsewhere)];
    await stack.tell(SessionRevokedV1, { user_id: who.userId, session_id: who.sessionId, reason: 'logout' });
    await until(() => ended.closed !== undefined, 1_000);
    expect([ended.closed?.code, kept.closed]).toEqual([4401, undefined]);
    expect((await new Client(`/ws?ticket=${await ticketFor(elsewhere)}`).established()).closed).toBeUndefined();
  });

  it('cannot be opened with a ticket from before the session ended', async () => {
    const who = person();
    const ticket = await ticketFor(who);
    await stack.tell(SessionRevokedV1, { user_id: who.userId, session_id: who.sessionId, reason: 'logout' });
    const headers = { authorization: `Bearer ${tokenFor(stack.key, who)}` };
    const isOver = async () => (await fetch(`${url}/api/v1/ws/tickets`, { method: 'POST', headers })).status === 401;
    await until(isOver, 1_000);
    expect((await new Client(`/ws?ticket=${ticket}`).opened()).refused).toBe(401);
  });
});

describe('a socket that was away', () => {
  const titles = ({ frames }: Client) => frames.slice(1).map(({ data }) => (data as { title: string }).title);
  const resumed = async (who: Person, after: number, base = url) =>
    new Client(`/ws?ticket=${await ticketFor(who, base)}&after=${after}`, base).established();

  it('gets what it missed, on another gateway, in order and once, before what comes then', async () => {
    const who = person();
    const first = await connected(who);
    await stack.notify(who.userId, 'one', { isPushed: true });
    await until(() => titles(first).length === 1, 2_000);
    const { sequence } = first.frames[1] ?? {};
    expect(sequence).toBe(1);
    first.socket.terminate();
    await stack.notify(who.userId, 'two');
    await stack.notify(who.userId, 'three');
    await stack.notify(newId(), 'of somebody else');
    const again = await resumed(who, Number(sequence), other);
    await stack.notify(who.userId, 'four', { isPushed: true });
    await until(() => titles(again).length >= 3, 2_000);
    expect(titles(again)).toEqual(['two', 'three', 'four']);
    expect(again.frames.map((frame) => frame.sequence)).toEqual([1, 2, 3, 4]);
  });

  it('says in its auth frame, too, what it saw last', async () => {
    const who = person();
    for (const title of ['one', 'two', 'three']) await stack.notify(who.userId, title);
    const client = await new Client('/ws').opened();
    client.say({ type: 'auth', token: tokenFor(stack.key, who), after: 1 });
    await until(() => titles(client).length >= 2, 2_000);
    expect(titles(client)).toEqual(['two', 'three']);
  });

  it('is told where more was missed than it gets: from a later number on', async () => {
    const who = person();
    for (let each = 0; each < 1_001; each++) await stack.notify(who.userId, `number ${each + 1}`);
    const client = await resumed(who, 0);
    expect(client.frames[0]).toMatchObject({ type: 'connection_established', sequence: 1_001 });
    await stack.notify(who.userId, 'the next', { isPushed: true });
    await until(() => titles(client).length === 1, 2_000);
    expect(titles(client)).toEqual(['the next']);
  });

  it.each(['', '-1', '1.5', 'x', '9999999999'])('is refused with the number "%s"', async (after) => {
    const ticket = await ticketFor(person());
    expect((await new Client(`/ws?ticket=${ticket}&after=${after}`).opened()).refused).toBe(400);
  });
});

describe('an open socket whose push was lost on the bus', () => {
  it('gets it before the next one', async () => {
    const who = person();
    const client = await connected(who);
    await stack.notify(who.userId, 'lost');
    await stack.notify(who.userId, 'heard', { isPushed: true });
    await until(() => client.frames.length >= 3, 2_000);
    expect(client.frames.slice(1).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });
});
