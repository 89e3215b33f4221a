import type { Logger } from '../logging/index.js';

export interface GuardOptions {
  logger: Logger;
  /** Runs the orderly shutdown; the process exits when it settles. */
  shutdown: (reason: string) => Promise<{ clean: boolean }>;
  timeoutMs: number;
  exit?: (code: number) => void;
  /** The process; another emitter in tests. */
  events?: Pick<NodeJS.EventEmitter, 'on'>;
}

/** Exit codes a shell knows for "ended by signal". */
const CODE_OF = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The process-wide ways to end: SIGTERM and Ctrl-C shut down in order and exit 0; a second one exits at once; an error
 * nobody caught is logged and shuts down with exit 1, because the state of the process is unknown after it.
 */
export function guardProcess({
  logger,
  shutdown,
  timeoutMs,
  exit = (code) => process.exit(code),
  events = process,
}: GuardOptions): void {
  let ending = false;
  const end = (reason: string, code: number): void => {
    ending = true;
    // A hook that blocks the phases must not keep the process for ever.
    setTimeout(() => {
      logger.fatal('shutdown did not finish in time, exiting anyway', undefined, { timeout_ms: timeoutMs });
      exit(1);
    }, timeoutMs + 500).unref();
    shutdown(reason).then(
      ({ clean }) => exit(clean ? code : 1),
      (error: unknown) => {
        logger.fatal('shutdown failed', error);
        exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    events.on(signal, () => {
      if (ending) exit(CODE_OF[signal]);
      else end(signal, 0);
    });
  }
  const onCrash = (what: string) => (error: unknown) => {
    logger.fatal(what, error);
    if (!ending) end(what, 1);
  };
  events.on('uncaughtException', onCrash('uncaught exception'));
  events.on('unhandledRejection', onCrash('unhandled rejection'));
}
