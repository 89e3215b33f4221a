import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { busSettings, BusStrategy, MessagingModule, NatsBus, RawJson, Rpc, silentLogger } from '#messaging';
import { PlatformModule, platformSettings, readSettings } from '#platform';
import { echo } from './echo.contract.js';

/**
 * A service with one handler and nothing else: what the transport costs on the answering side. The answer is ready as
 * bytes, as the baseline's is, and as those of our own hot paths are.
 */
const answer = new RawJson(Buffer.from(process.env['ANSWER'] ?? '{"providers":[]}'));

@Controller()
class EchoController {
  @Rpc(echo)
  answer(): RawJson {
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
