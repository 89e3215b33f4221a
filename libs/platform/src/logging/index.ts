export { describeError, type LoggedError } from './describe-error.js';
export { type LogFields, Logger, type LoggerOptions, type LogLevel } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { redact, scrubText } from './redact.js';
export { requestContext, type RequestLogContext } from './request-context.js';
