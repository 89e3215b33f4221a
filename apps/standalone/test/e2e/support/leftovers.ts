import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaNameOf } from '#persistence';
import type { TestDatabase } from '#testing';
import { allSchemas } from '../../../src/compose.js';

/** Every row of every table of every schema as text, the messages of all streams among them, by `schema.table`. */
export async function dump(database: TestDatabase): Promise<ReadonlyMap<string, string>> {
  const tables = await database.admin<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema = ANY ($1) ORDER BY 1`,
    [allSchemas.map(({ service }) => schemaNameOf(service))],
  );
  const dumped = new Map<string, string>();
  for (const { name } of tables) {
    // Bytes are hexadecimal in a row's text: payloads of messages are read as what they are.
    const row = name === 'bus.messages' ? `headers || convert_from(payload, 'UTF8') || t::text` : 't::text';
    const [all] = await database.admin<{ text: string | null }>(
      `SELECT string_agg(${row}, E'\\n') AS text FROM ${name} t`,
    );
    dumped.set(name, all?.text ?? '');
  }
  return dumped;
}

/** Names of the tables in which the text is, as it is or inside bytes. */
export const tablesWith = (dumped: ReadonlyMap<string, string>, text: string): string[] => {
  const inBytes = Buffer.from(text).toString('hex');
  return [...dumped].filter(([, rows]) => rows.includes(text) || rows.includes(inBytes)).map(([name]) => name);
};

/** Paths of the files in which the text is, in UTF-8. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  return (await filesBelow(folder)).filter(({ bytes }) => bytes.includes(text)).map(({ path }) => path);
}

export async function filesBelow(folder: string): Promise<{ path: string; bytes: Buffer }[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path, bytes: await readFile(path) };
      }),
  );
}
