import type { DynamicModule, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { isError } from '../errors/error-facts.js';
import { explainListenError } from './listen.js';
import type { ShutdownSequence } from './shutdown-sequence.js';

export interface HttpOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Name of the setting `port` came from, for the message when it is taken. */
  portVariable: string;
  fastify?: FastifyServerOptions;
  /** Plugins, hooks, error handler: before anything is initialised. */
  configure?(app: NestFastifyApplication): Promise<void> | void;
}

/** Fastify in front of the same handlers; closes in the phases of the shutdown sequence. */
export async function createHttpApp(
  root: DynamicModule,
  options: HttpOptions,
  nestOptions: NestApplicationOptions,
  strategy: (Server & CustomTransportStrategy) | undefined,
  shutdown: ShutdownSequence,
): Promise<{ app: NestFastifyApplication; url: string }> {
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  // `return503OnClosing` would refuse requests on connections that are still open; they are taken until the drain ends.
  const adapter = new FastifyAdapter({ return503OnClosing: false, ...options.fastify });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, nestOptions);
  shutdown.add('close-app', 'nest', () => app.close());
  await options.configure?.(app);

  // Clients on kept-alive connections are told to come back on a new one, to another replica.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request, reply, payload, done) => {
      if (shutdown.started) reply.header('connection', 'close');
      done(null, payload);
    });
  const server = app.getHttpServer();
  let closed: Promise<void> | undefined;
  shutdown.add('stop-taking', 'http', () => {
    if (!server.listening) return;
    closed = new Promise((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
  });
  shutdown.add('drain', 'http', () => closed);
  shutdown.add('hand-back', 'http', () => server.closeAllConnections());

  if (strategy !== undefined) {
    app.connectMicroservice({ strategy }, { inheritAppConfig: false });
    await app.startAllMicroservices();
  }
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    throw isError(error) ? explainListenError(error, options) : error;
  }
  return { app, url: (await app.getUrl()).replace(/\/$/, '') };
}
