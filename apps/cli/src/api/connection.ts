import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CommandFailed, EXIT } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';
import { ApiClient } from './api-client.js';

/** Where the platform is and who asks, the same for every command of an admin. */
export interface AccountOptions {
  api: string;
  keyFile?: string;
  email: string;
  passwordFile: string;
  code?: string;
}

/** `scope`: what a key needs for this command. */
export const withAccountOptions = (command: Command, scope: string): Command =>
  command
    .option('--api <url>', 'address of the platform', 'http://127.0.0.1:8002')
    .option('--key-file <file>', `file with an admin's API key of the scope ${scope}, instead of a password`)
    .option('--email <address>', 'account with the role admin', 'owner@localhost')
    .option('--password-file <file>', 'file with its password', 'data/owner-password')
    .option('--code <code>', 'code of its authenticator, or a recovery code; asked for on a terminal unless given');

/** Ready to call. */
export async function signedIn(
  { api, keyFile, email, passwordFile, code }: AccountOptions,
  terminal: Terminal,
): Promise<ApiClient> {
  const address = checkAddress(api);
  const onWait = (reason: string, ms: number): void =>
    terminal.err(`${reason}; trying again in ${Math.ceil(ms / 1000)} s\n`);
  let given = code;
  const askForCode = async (): Promise<string | undefined> => {
    // Good once: when the session is lost later, a person is asked for another one.
    const first = given;
    given = undefined;
    return first ?? terminal.ask(`code of the authenticator of ${email}: `);
  };
  const account =
    keyFile === undefined
      ? { email, password: await readSecret('--password-file', passwordFile), askForCode }
      : { key: await readSecret('--key-file', keyFile) };
  const client = new ApiClient({ api: address, ...account, onWait });
  await client.signIn();
  return client;
}

/** The `--api` of a command, or words about what is wrong with it. */
function checkAddress(text: string): string {
  if (/^https?:\/\/[^/\s]+\/?$/.test(text)) return text;
  throw new CommandFailed(`--api ${text}: write it like http://127.0.0.1:8002, without a path`, EXIT.usage);
}

/** A password or a key, from the file an option names. */
async function readSecret(option: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`${option}: ${reason}`);
  });
  const secret = text.trim();
  if (secret === '') throw new CommandFailed(`${option}: ${file} is empty`);
  return secret;
}
