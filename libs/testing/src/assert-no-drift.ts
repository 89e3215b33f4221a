import { schemaDrift, type ServiceSchema } from '#persistence';

/** The migrated database and the entities (or descriptions) agree; otherwise an error that lists what differs. */
export async function assertNoDrift(adminUrl: string, schemas: readonly ServiceSchema[]): Promise<void> {
  const differences = await schemaDrift(adminUrl, schemas);
  if (differences.length > 0) {
    throw new Error(`migrations and entities differ:\n${differences.join('\n')}`);
  }
}
