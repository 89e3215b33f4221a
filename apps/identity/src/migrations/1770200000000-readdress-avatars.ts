import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Two random UUIDs hashed have 244 random bits, of which 192 stay; `gen_random_bytes` would need an extension. */
const RANDOM_ADDRESS = `translate(
  encode(substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FOR 24), 'base64'), '+/', '-_')`;

/** Addresses of pictures were random UUIDs, 122 bits: those of before end, and each picture gets one of 192 bits. */
export class ReaddressAvatars1770200000000 implements MigrationInterface {
  name = 'ReaddressAvatars1770200000000';

  async up(runner: QueryRunner): Promise<void> {
    // Processes of the release before write UUIDs until they are replaced; as text those go on working.
    await runner.query('ALTER TABLE avatar ALTER COLUMN id TYPE text');
    await runner.query(`UPDATE avatar SET id = ${RANDOM_ADDRESS}`);
    // Answers kept for repeated requests carry the old address.
    await runner.query(`DELETE FROM idempotency_keys WHERE scope LIKE '% rpc.identity.avatar.set.v1'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE avatar ALTER COLUMN id TYPE uuid USING gen_random_uuid()');
  }
}
