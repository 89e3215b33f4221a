import { ApplicationStatusChangedV1, PostingBookmarkedV1, SendDeliveryV1 } from '#contracts';
import { newId } from '#kernel';
import type { TestDatabase } from '#testing';

/** Messages no handler can take: straight into outboxes, since no route writes such. */
export async function poison(database: TestDatabase, plant: (name: string, text?: string) => string): Promise<void> {
  const put = (schema: string, stream: string, subject: string, payload: string) =>
    database.admin(`INSERT INTO ${schema}.outbox (id, stream, subject, payload) VALUES ($1, $2, $3, $4)`, [
      newId(),
      stream,
      subject,
      payload,
    ]);
  const envelope = (type: string, data: object) =>
    JSON.stringify({ id: newId(), type, source: 'a-test', subject: newId(), time: new Date().toISOString(), data });

  const bookmarked = { user_id: plant('value that is no id'), posting_id: newId() };
  await put('jobs', 'EVT_JOBS_INGESTION', PostingBookmarkedV1.subject, envelope(PostingBookmarkedV1.type, bookmarked));
  const noJson = `{"data": ${plant('message that is no JSON')}`;
  await put('jobs', 'EVT_JOBS_INGESTION', PostingBookmarkedV1.subject, noJson);

  // The database refuses it, and quotes it.
  const number = plant('number that is too large for its column', String(8_000_000_000_000 + Date.now()));
  const step = { ...ApplicationStatusChangedV1.sample, application_id: newId(), sequence: Number(number) };
  const moved = envelope(ApplicationStatusChangedV1.type, step);
  await put('applications', 'EVT_APPLICATIONS', ApplicationStatusChangedV1.subject, moved);

  const content = plant('mail that is not sealed');
  const mail = { ...SendDeliveryV1.sample, delivery_id: newId(), expires_at: null, content };
  await put('notifications', 'CMD_NOTIFICATIONS', SendDeliveryV1.subject, envelope(SendDeliveryV1.type, mail));
}
