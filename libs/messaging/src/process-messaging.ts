import type { ServiceName } from '#contracts';
import type { Logger, Metrics, ShutdownSequence } from '#platform';
import type { Bus } from './bus/bus.port.js';
import type { MessagingOptions } from './messaging-options.js';
import type { ServiceMessaging } from './service-messaging.js';

/** What of the strategy the shutdown needs. */
export interface Drainable {
  stopTaking(): Promise<void>;
  drained(): Promise<void>;
  handBack(): Promise<void>;
}

/** What the handlers of all services in one process share. One per bus connection. */
export class ProcessMessaging {
  /** Set when it listens; the gateway has none. */
  strategy: Drainable | undefined;
  private readonly services = new Map<ServiceName, ServiceMessaging>();

  constructor(
    readonly bus: Bus,
    readonly options: MessagingOptions,
    readonly logger: Logger,
    readonly metrics: Metrics,
  ) {
    processes.set(bus, this);
  }

  /** Take nothing new, finish, hand back what does not end, and close the bus after Nest's own hooks. */
  endWith(shutdown: ShutdownSequence): void {
    shutdown.add('stop-taking', 'bus handlers', () => this.strategy?.stopTaking());
    shutdown.add('drain', 'bus handlers', () => this.strategy?.drained());
    shutdown.add('hand-back', 'bus handlers', () => this.strategy?.handBack());
    shutdown.add('close-bus', 'bus', () => this.bus.close());
  }

  register(service: ServiceMessaging): void {
    this.services.set(service.service, service);
  }

  service(name: ServiceName): ServiceMessaging {
    const service = this.services.get(name);
    if (service === undefined) throw new Error(`import MessagingModule.forService('${name}') in the module of ${name}`);
    return service;
  }
}

/** The strategy is made before Nest and handlers after it: they meet here, by the bus both were given. */
const processes = new WeakMap<Bus, ProcessMessaging>();

export function processMessaging(bus: Bus): ProcessMessaging {
  const process = processes.get(bus);
  if (process === undefined) throw new Error('import MessagingModule.forRoot(bus) in the root module of the process');
  return process;
}
