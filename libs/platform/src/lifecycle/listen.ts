import type { Server } from 'node:http';
import { errorCode } from '../errors/error-facts.js';
import { StartError } from './start-error.js';

export interface ListenAt {
  host: string;
  port: number;
  /** Name of the setting the port came from, for the message. */
  portVariable: string;
}

export async function listen(server: Server, at: ListenAt): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, at)));
    server.listen({ host: at.host, port: at.port }, () => resolve());
  });
}

/** Turns EADDRINUSE and its kin into something a person can act on. */
export function explainListenError(error: Error, { host, port, portVariable }: ListenAt): Error {
  const where = `port ${port} on ${host}`;
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new StartError(
        `Cannot listen on ${where}: another program uses it.`,
        `Stop that program (find it with: ss -ltnp 'sport = :${port}') or set ${portVariable} to a free port.`,
        { cause: error },
      );
    case 'EACCES':
      return new StartError(
        `Cannot listen on ${where}: not permitted.`,
        `Set ${portVariable} to a port above 1023, or give the process the right to use low ports.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(
        `Cannot listen on ${where}: this machine has no such address.`,
        'Use 127.0.0.1 for this machine only, or 0.0.0.0 for all its addresses.',
        { cause: error },
      );
    case undefined:
    default:
      return error;
  }
}
