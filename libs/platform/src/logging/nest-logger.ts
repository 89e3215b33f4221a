import type { LoggerService } from '@nestjs/common';
import { isError } from '../errors/error-facts.js';
import type { Logger } from './logger.js';

/** Lets Nest write through our log. Its information (routes mapped, modules ready) is debug to us. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.scoped(rest).debug(textOf(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.scoped(rest).debug(textOf(message));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.scoped(rest).debug(textOf(message));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.scoped(rest).warn(textOf(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.scoped(rest).error(textOf(message), isError(message) ? message : stackOf(rest));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.scoped(rest).fatal(textOf(message), isError(message) ? message : stackOf(rest));
  }

  /** Nest passes the name of the class as last argument. */
  private scoped(rest: readonly unknown[]): Logger {
    const last = rest.at(-1);
    return typeof last === 'string' && !last.includes('\n') ? this.logger.for(last) : this.logger;
  }
}

const textOf = (message: unknown): string => {
  if (typeof message === 'string') return message;
  return isError(message) ? message.message : 'Nest reported an object';
};

/** Nest hands over a stack as text. */
function stackOf(rest: readonly unknown[]): Error | undefined {
  const stack = rest.find((part) => typeof part === 'string' && part.includes('\n'));
  if (typeof stack !== 'string') return undefined;
  const error = new Error(stack.slice(0, stack.indexOf('\n')));
  error.stack = stack;
  return error;
}
