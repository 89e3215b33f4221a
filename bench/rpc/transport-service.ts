import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { busSettings, BusStrategy, MessagingModule, NatsBus, Rpc, silentLogger } from '#messaging';
import { PlatformModule, platformSettings, readSettings } from '#platform';
import { type Echo, echo } from './echo.contract.js';

/** A service with one handler and nothing else: what the transport costs on the answering side. */
const answer = JSON.parse(process.env['ANSWER'] ?? '{"providers":[]}') as Echo;

@Controller()
class EchoController {
  @Rpc(echo)
  answer(): Echo {
    return answer;
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

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

@Module({ imports: [PlatformModule.forRoot({ app: 'bench', settings }), MessagingModule.forRoot(bus), EchoModule] })
class Root {}

const service = await NestFactory.createMicroservice(Root, { strategy: new BusStrategy(bus), logger: false });
await service.listen();
process.stdout.write('ready\n');
process.once('SIGTERM', () => process.exit(0));
