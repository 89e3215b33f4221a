import { connect } from '@nats-io/transport-node';
import pg from 'pg';

/** Answers `bench.plain` with fixed bytes and `bench.counted` with what one prepared count finds. */
const { NATS_URL: servers, NATS_USER: user, NATS_PASSWORD: pass, DATABASE_URL: connectionString } = process.env;
const connection = await connect({ servers, user, pass, noAsyncTraces: true });
const bytes = Buffer.from(process.env['ANSWER'] ?? '{}');
const pool = new pg.Pool({ connectionString, max: 8, options: '-c search_path=notifications,public' });

connection.subscribe('bench.plain', { queue: 'bench', callback: (_error, message) => void message.respond(bytes) });
connection.subscribe('bench.counted', {
  queue: 'bench',
  callback: (_error, message) => {
    const { user_id: userId } = message.json<{ user_id: string }>();
    void pool
      .query<{ count: number }>({
        name: 'count',
        text: 'SELECT count(*)::int AS count FROM notification WHERE user_id = $1 AND read_at IS NULL',
        values: [userId],
      })
      .then(({ rows }) => message.respond(JSON.stringify({ unread_count: rows[0]?.count })));
  },
});
await connection.flush();
process.stdout.write('ready\n');
process.once('SIGTERM', () => process.exit(0));
