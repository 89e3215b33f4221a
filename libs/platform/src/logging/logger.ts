import { trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { describeError } from './describe-error.js';
import { prettyDestination } from './pretty.js';
import { redact, scrubText } from './redact.js';
import { requestContext } from './request-context.js';

/**
 * A write per line costs more than making the line. What is worth waking up for is written at once, with all before it;
 * the rest waits this long (ms) or until so much has gathered. Only kill -9 can lose it: every other end writes it.
 */
const FLUSH_EVERY_MS = 100;
const GATHERED_BYTES = 8192;

export type LogFields = Readonly<Record<string, unknown>>;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LoggerOptions {
  service: string;
  level: LogLevel;
  format: 'json' | 'pretty';
  /** Appended to instead of stdout. */
  file?: string;
  /** Stdout unless told. */
  destination?: DestinationStream;
}

/**
 * JSON lines with time, level, service, request_id, user_id, trace_id. Messages are fixed texts; what varies goes into
 * fields, which are redacted. Also the injection token.
 */
export class Logger {
  private constructor(
    private readonly pino: Pino,
    private readonly writeOut: () => void,
    private readonly scope?: string,
  ) {}

  static create(options: LoggerOptions): Logger {
    const { destination, writeOut } = destinationOf(options);
    const logger = pino(
      {
        level: options.level,
        base: null,
        messageKey: 'message',
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
        mixin: () => contextFields(options.service),
      },
      destination,
    );
    return new Logger(logger, writeOut);
  }

  /** The same log with the name of a part of the program on every line. */
  for(scope: string): Logger {
    return new Logger(this.pino, this.writeOut, scope);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.pino.isLevelEnabled('debug')) this.pino.debug(this.fields(fields), scrubText(message));
  }

  info(message: string, fields?: LogFields): void {
    if (this.pino.isLevelEnabled('info')) this.pino.info(this.fields(fields), scrubText(message));
  }

  /** Something that will need a human when it goes on. */
  warn(message: string, fields?: LogFields, thrown?: unknown): void {
    if (!this.pino.isLevelEnabled('warn')) return;
    this.pino.warn(this.fields(fields, thrown), scrubText(message));
    this.writeOut();
  }

  /** Something failed that should not have. */
  error(message: string, thrown?: unknown, fields?: LogFields): void {
    this.pino.error(this.fields(fields, thrown), scrubText(message));
    this.writeOut();
  }

  fatal(message: string, thrown?: unknown, fields?: LogFields): void {
    this.pino.fatal(this.fields(fields, thrown), scrubText(message));
    this.writeOut();
  }

  private fields(fields?: LogFields, thrown?: unknown): Record<string, unknown> {
    const line: Record<string, unknown> = this.scope === undefined ? {} : { scope: this.scope };
    if (fields !== undefined) Object.assign(line, redact(fields));
    if (thrown !== undefined) line.error = describeError(thrown);
    return line;
  }
}

function destinationOf({ destination, format, file }: LoggerOptions): {
  destination: DestinationStream;
  writeOut: () => void;
} {
  const atOnce = (stream: DestinationStream) => ({ destination: stream, writeOut: () => undefined });
  if (destination !== undefined) return atOnce(destination);
  if (format === 'pretty' && file === undefined) return atOnce(prettyDestination());
  const gathering = pino.destination({
    dest: file ?? 1,
    sync: true,
    append: true,
    mkdir: true,
    minLength: GATHERED_BYTES,
    periodicFlush: FLUSH_EVERY_MS,
  });
  const writeOut = (): void => gathering.flush();
  writeAtTheEnd(writeOut);
  return { destination: gathering, writeOut };
}

const atTheEnd = new Set<() => void>();

/** pino itself does so for asynchronous files only. One listener, however many logs there are. */
function writeAtTheEnd(writeOut: () => void): void {
  if (atTheEnd.size === 0) {
    process.once('exit', () => {
      for (const each of atTheEnd) each();
    });
  }
  atTheEnd.add(writeOut);
}

function contextFields(service: string): Record<string, unknown> {
  const context = requestContext.get();
  const traceId = trace.getActiveSpan()?.spanContext().traceId ?? context?.traceparent?.split('-')[1];
  if (context === undefined) return traceId === undefined ? { service } : { service, trace_id: traceId };
  return {
    service: context.service ?? service,
    request_id: context.requestId,
    user_id: context.userId,
    trace_id: traceId,
  };
}
