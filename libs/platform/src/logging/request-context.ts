import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one request or message carries. Ids only: it ends up in logs. */
export interface RequestLogContext {
  requestId: string;
  /** Which service works; in a process that holds all of them it differs from the process. */
  service?: string;
  userId?: string;
  traceparent?: string;
}

const storage = new AsyncLocalStorage<RequestLogContext>();

/** Filled by whoever starts work: the gateway per request, messaging per message, schedules per fire. */
export const requestContext = {
  run: <T>(context: RequestLogContext, work: () => T): T => storage.run(context, work),
  get: (): RequestLogContext | undefined => storage.getStore(),
};
