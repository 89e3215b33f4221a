import 'reflect-metadata';
import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { PlatformSettings } from '../config/index.js';
import { HealthRegistry } from '../health/health-registry.js';
import { HealthServer } from '../health/health-server.js';
import { Logger, NestLogger } from '../logging/index.js';
import { Metrics } from '../metrics/metrics.js';
import { PlatformModule } from '../platform.module.js';
import { startTracing } from '../tracing/start-tracing.js';
import { packageVersion } from '../version.js';
import { createHttpApp, type HttpOptions } from './http-app.js';
import { guardProcess } from './process-guard.js';
import { type ShutdownReport, ShutdownSequence } from './shutdown-sequence.js';
import { StartError } from './start-error.js';

export interface Composition {
  modules: (DynamicModule | Type<unknown>)[];
  /** Serves the message handlers; a process without it only serves HTTP. */
  strategy?: Server & CustomTransportStrategy;
}

export interface BootstrapOptions {
  /** Name of the process: an app, or `standalone`. */
  app: string;
  settings: PlatformSettings;
  /** What the process is made of; made once logging works, and told apart from a failed start. */
  compose: (logger: Logger) => Composition | Promise<Composition>;
  /** Serves HTTP with Fastify; only then is it loaded. */
  http?: HttpOptions;
  /**
   * For tests and for processes that start this one inside themselves: no signal handlers, no exit; a failed start
   * rejects instead of printing and exiting.
   */
  embedded?: boolean;
}

export interface RunningApp {
  app: INestApplicationContext;
  /** Base URL of the HTTP door, where there is one. */
  url?: string;
  /** Base URL of the health port. */
  healthUrl: string;
  logger: Logger;
  /** The whole shutdown sequence; a second call waits for the first. */
  close(reason?: string): Promise<ShutdownReport>;
}

/** The root of a process: the platform and one module (a service, or the composition of all). */
@Module({})
class ProcessRoot {}

/** Starts a process and owns how it ends. */
export async function bootstrap(options: BootstrapOptions): Promise<RunningApp> {
  const { app: name, settings } = options;
  const logger = Logger.create({
    service: name,
    level: settings.LOG_LEVEL,
    format: settings.LOG_FORMAT,
    file: settings.LOG_FILE,
  });
  const shutdown = new ShutdownSequence(logger.for('shutdown'));
  const close = (reason: string): Promise<ShutdownReport> => shutdown.run(reason, settings.SHUTDOWN_TIMEOUT_MS);
  if (options.embedded !== true) {
    guardProcess({ logger, shutdown: close, timeoutMs: settings.SHUTDOWN_TIMEOUT_MS });
  }
  try {
    return await start(options, logger, shutdown, close);
  } catch (error) {
    reportFailedStart(logger, name, error);
    // What was started already (ports, pools, connections) ends in order as well.
    await close('start failed');
    if (options.embedded === true) throw error;
    process.exit(1);
  }
}

async function start(
  options: BootstrapOptions,
  logger: Logger,
  shutdown: ShutdownSequence,
  close: (reason: string) => Promise<ShutdownReport>,
): Promise<RunningApp> {
  const started = performance.now();
  const { app: name, settings } = options;
  const version = settings.APP_VERSION ?? packageVersion();
  const metrics = new Metrics(name);
  const health = new HealthRegistry();
  shutdown.add('not-ready', 'readiness', () => health.markStopping());

  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_SAMPLE_RATIO: ratio, TRACES_PER_SECOND: perSecond } = settings;
  const tracing = await startTracing({ service: name, version, endpoint, ratio, perSecond });
  shutdown.add('flush', 'traces', () => tracing.stop());

  const { HEALTH_HOST: host, HEALTH_PORT: port } = settings;
  const healthServer = new HealthServer({ host, port, version, health, metrics });
  shutdown.add('flush', 'health port', () => healthServer.stop());
  const healthUrl = await healthServer.start();

  const { modules, strategy } = await options.compose(logger);
  const root: DynamicModule = {
    module: ProcessRoot,
    imports: [PlatformModule.forRoot({ app: name, settings, logger, metrics, health, shutdown }), ...modules],
  };
  const nestOptions = { logger: new NestLogger(logger), abortOnError: false, forceCloseConnections: false };
  let app: INestApplicationContext;
  let url: string | undefined;
  if (options.http !== undefined) {
    const http = await createHttpApp(root, options.http, nestOptions, strategy, shutdown);
    app = http.app;
    url = http.url;
  } else if (strategy !== undefined) {
    const service = await NestFactory.createMicroservice(root, { ...nestOptions, strategy });
    shutdown.add('close-app', 'nest', () => service.close());
    await service.listen();
    app = service;
  } else {
    const context = await NestFactory.createApplicationContext(root, nestOptions);
    shutdown.add('close-app', 'nest', () => context.close());
    app = context;
  }
  health.markStarted();
  logger.info('started', { version, url, health_url: healthUrl, duration_ms: Math.round(performance.now() - started) });
  return { app, url, healthUrl, logger, close: (reason = 'closed') => close(reason) };
}

/** A reason a person can act on is told in two lines; everything else is a defect and keeps its stack. */
function reportFailedStart(logger: Logger, name: string, error: unknown): void {
  if (!(error instanceof StartError)) return logger.fatal(`${name} could not start`, error);
  logger.fatal(error.message, undefined, { fix: error.fix });
}
