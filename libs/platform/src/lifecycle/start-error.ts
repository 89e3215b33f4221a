/** A start that failed for a reason a person can act on: shown without a stack trace. */
export class StartError extends Error {
  constructor(
    message: string,
    readonly fix: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'StartError';
  }
}
