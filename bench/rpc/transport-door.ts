import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import fastify from 'fastify';
import { newId } from '#kernel';
import { busSettings, MessagingModule, NatsBus, RpcClient, silentLogger } from '#messaging';
import { PlatformModule, platformSettings, readSettings } from '#platform';
import { echo } from './echo.contract.js';

/** The same bare Fastify as the baseline, asking with the platform's client and everything that travels with it. */
const settings = readSettings({ ...platformSettings, ...busSettings }, process.env);
const bus = await NatsBus.connect({
  app: 'admin',
  settings: {
    url: settings.NATS_URL,
    user: settings.NATS_USER,
    password: settings.NATS_PASSWORD,
    connectTimeoutMs: settings.NATS_CONNECT_TIMEOUT,
  },
  streams: [],
  logger: silentLogger,
});

@Module({
  imports: [
    PlatformModule.forRoot({ app: 'bench', settings }),
    MessagingModule.forRoot(bus),
    MessagingModule.forGateway(),
  ],
})
class Root {}

const app = await NestFactory.createApplicationContext(Root, { logger: false });
const rpc = app.get(RpcClient, { strict: false });
const caller = { user_id: newId(), roles: ['user' as const], scopes: [], session_id: newId(), email_verified: true };
const server = fastify();
server.get('/plain', async (request, reply) => {
  const answer = await rpc.callRaw(
    echo,
    {},
    {
      caller,
      requestId: request.id,
      timeoutMs: 5_000,
      clientAddress: request.ip,
      userAgent: 'autocannon',
    },
  );
  reply.header('content-type', 'application/json; charset=utf-8');
  return reply.send(answer);
});
const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`ready ${address}\n`);
process.once('SIGTERM', () => process.exit(0));
