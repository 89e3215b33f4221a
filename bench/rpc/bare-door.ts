import { connect } from '@nats-io/transport-node';
import fastify from 'fastify';

/**
 * The baseline: Fastify, `nc.request`, the bytes back. The client is set up as the platform sets it up (error traces
 * made for every request would cost about as much as the request).
 */
const { NATS_URL: servers, NATS_USER: user, NATS_PASSWORD: pass } = process.env;
const connection = await connect({ servers, user, pass, noAsyncTraces: true });
const server = fastify();

for (const [path, body] of [
  ['/plain', '{}'],
  ['/counted', JSON.stringify({ user_id: process.env['USER_ID'] })],
] as const) {
  server.get(path, async (_request, reply) => {
    const answer = await connection.request(`bench${path.replace('/', '.')}`, body, { timeout: 5_000 });
    reply.header('content-type', 'application/json; charset=utf-8');
    return reply.send(answer.data);
  });
}
const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`ready ${address}\n`);
process.once('SIGTERM', () => process.exit(0));
