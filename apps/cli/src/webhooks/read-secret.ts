import { readFile } from 'node:fs/promises';
import { CommandFailed, EXIT } from '../exit-codes.js';

/** Undefined without either option. */
export async function readSecret(secret: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (secret !== undefined && file !== undefined) {
    throw new CommandFailed('give --secret or --secret-file, not both', EXIT.usage);
  }
  if (file === undefined) return secret === undefined ? undefined : checked(secret, '--secret');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandFailed(`--secret-file: ${error instanceof Error ? error.message : String(error)}`);
  });
  return checked(text.trim(), '--secret-file');
}

const SHAPE = /^whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The message does not repeat it: a secret is not for the screen. */
function checked(secret: string, option: string): string {
  if (SHAPE.test(secret)) return secret;
  throw new CommandFailed(`${option}: a secret looks like whsec_ and base64; copy it from the webhook`, EXIT.usage);
}
