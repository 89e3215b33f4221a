import * as contracts from '#contracts';
import type { CommandContract, EventContract, ReaderContract, RpcContract } from '#contracts';

export interface ContractRegistry {
  rpcs: readonly RpcContract[];
  events: readonly EventContract[];
  commands: readonly CommandContract[];
  readers: readonly ReaderContract[];
}

type Contract = RpcContract | EventContract | CommandContract;

const KINDS: ReadonlySet<unknown> = new Set(['rpc', 'event', 'command']);

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'kind' in value && 'subject' in value && KINDS.has(value.kind);
}

/**
 * Everything services say to each other, found by walking the exports of `#contracts`: a contract that is exported is
 * served, gets its rights and shows in the catalogue, without a second list to forget it in.
 */
export function contractRegistry(
  exported: Readonly<Record<string, unknown>> = contracts,
  readers: readonly ReaderContract[] = contracts.READERS,
): ContractRegistry {
  const bySubject = new Map<string, { name: string; contract: Contract }>();
  // Contracts that exist once per service are exported as a list.
  const named = Object.entries(exported).flatMap(([name, value]) =>
    [value].flat().map((one) => ({ name, value: one })),
  );
  for (const { name, value } of named) {
    if (!isContract(value)) continue;
    const other = bySubject.get(value.subject);
    if (other !== undefined && other.contract !== value) {
      throw new Error(
        `Contracts ${other.name} and ${name} have the same subject ${value.subject}; give one another name.`,
      );
    }
    bySubject.set(value.subject, { name, contract: value });
  }
  const all = [...bySubject.values()].map(({ contract }) => contract).sort((a, b) => (a.subject < b.subject ? -1 : 1));
  return {
    rpcs: all.filter((contract) => contract.kind === 'rpc'),
    events: all.filter((contract) => contract.kind === 'event'),
    commands: all.filter((contract) => contract.kind === 'command'),
    readers: checkedReaders(readers),
  };
}

function checkedReaders(readers: readonly ReaderContract[]): readonly ReaderContract[] {
  const seen = new Set<string>();
  for (const { reader, feature } of readers) {
    const name = `${reader}-${feature}`;
    if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`Reader '${name}': only a-z, 0-9 and '-' are allowed.`);
    if (seen.has(name)) throw new Error(`Reader '${name}' is listed twice; list all it reads in one line.`);
    seen.add(name);
  }
  return readers;
}
