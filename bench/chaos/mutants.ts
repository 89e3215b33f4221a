import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A mistake somebody could make, as a change to compiled code. A rig that does not find it proves nothing. */
interface Mutant {
  about: string;
  /** Which run must find it. */
  foundBy: '' | '--forget' | '--forget --torn';
  edits: readonly { file: string; find: string; replace: string }[];
}

const CONSUME = 'libs/messaging/src/consume';
const NATS = 'libs/messaging/src/bus/nats';

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'no-inbox': {
    about: 'messages that come again are handled again',
    foundBy: '--forget',
    edits: [
      {
        file: `${CONSUME}/inbox.js`,
        find: 'ON CONFLICT DO NOTHING RETURNING 1 AS entered`, [consumer, messageId]);\n    return rows.length === 1;',
        replace:
          'ON CONFLICT DO NOTHING RETURNING 1 AS entered`, [consumer, messageId]);\n    return rows.length <= 1;',
      },
    ],
  },
  'mark-before-publish': {
    about: 'the relay marks rows as published, commits, and publishes them then',
    foundBy: '',
    edits: [
      {
        file: 'libs/messaging/src/outbox/relay.js',
        find: 'const sent = await this.outside.runInAsyncScope(() => this.publishAll(rows));',
        replace: `await outboxRepository.markPublished(tx, rows.map((row) => ({ ...row, sequence: 0 })));
            return { taken: rows.length, published: rows.length, rows };
            const sent = [];`,
      },
      {
        file: 'libs/messaging/src/outbox/relay.js',
        find: "metrics.counter('outbox_published_total'",
        replace: `if (result.rows !== undefined) {
            await this.outside.runInAsyncScope(() => this.publishAll(result.rows));
            faultPoint('relay.after_ack_before_mark');
        }
        metrics.counter('outbox_published_total'`,
      },
    ],
  },
  'ack-before-commit': {
    about: 'events are confirmed before their effect is committed',
    foundBy: '',
    edits: [
      {
        file: `${CONSUME}/event-consumer.js`,
        find: 'await this.settlement.settle(delivery, await this.outcomeOf(delivery), startedAt);',
        replace: `await delivery.ack().catch(() => undefined);
        await this.settlement.settle(delivery, await this.outcomeOf(delivery), startedAt);`,
      },
    ],
  },
  'settle-by-position': {
    about: 'what was handed out before the store was lost settles what stands at its position after it',
    foundBy: '--forget',
    edits: [
      {
        file: `${NATS}/nats-origins.js`,
        find: 'return stored?.header.get(MESSAGE_ID_HEADER) === messageId;',
        replace: 'return stored !== undefined;',
      },
    ],
  },
  'no-rewind': {
    about: 'durables stay where they stood when their stream went back',
    foundBy: '--forget --torn',
    edits: [
      {
        file: `${NATS}/where-to-start.js`,
        find: 'if (!isSentBack && !isAhead)',
        replace: 'if (stream !== undefined)',
      },
    ],
  },
};

/** A copy of the build with the mistake in it, in a folder of its own; answers where its dist is. */
export function plant(name: string, dist: URL): { dist: URL; remove: () => void } {
  const mutant = MUTANTS[name];
  if (mutant === undefined) throw new Error(`no mutant "${name}"; there are ${Object.keys(MUTANTS).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'career-mutant-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const source = fileURLToPath(new URL('../', dist));
  cpSync(join(source, 'dist'), join(folder, 'dist'), { recursive: true });
  // The imports of the libraries (#kernel …) are resolved from here.
  cpSync(join(source, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(source, 'node_modules'), join(folder, 'node_modules'));
  try {
    for (const edit of mutant.edits) {
      const path = join(folder, 'dist', edit.file);
      writeFileSync(path, changed(readFileSync(path, 'utf8'), edit));
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { dist: pathToFileURL(`${join(folder, 'dist')}/`), remove };
}

function changed(text: string, { file, find, replace }: Mutant['edits'][number]): string {
  if (text.split(find).length !== 2) throw new Error(`${file} has changed: "${find}" is not in it once`);
  return text.replace(find, () => replace);
}

export const listedMutants = (): string =>
  Object.entries(MUTANTS)
    .map(([name, { about, foundBy }]) => `      ${name.padEnd(20)} ${about}${foundBy === '' ? '' : ` (${foundBy})`}`)
    .join('\n');
