/** What a script that calls the command line can rely on; the help of every command lists them. */
export const EXIT = {
  done: 0,
  /** Something outside failed: the API, the database, a file. Trying again may help. */
  failed: 1,
  /** The command line itself cannot be understood. */
  usage: 2,
  /** The work was done, but some of the input was refused, or something is wrong; the output says what. */
  partly: 3,
  /** EX_CONFIG: a setting is missing or wrong. Trying again does not help. */
  configuration: 78,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    something outside failed (API, database, file); trying again may help
  2    wrong command line
  3    done, but some of the input was refused, or something is wrong; the output says what
  78   a setting is missing or wrong
  130  stopped by Ctrl-C`;

/** Ends the command with a code and, unless all has been said already, a message; never with a stack trace. */
export class CommandFailed extends Error {
  constructor(
    message: string,
    readonly code: number = EXIT.failed,
  ) {
    super(message);
    this.name = 'CommandFailed';
  }
}
