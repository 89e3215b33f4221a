import type { ApiKeyEndAnnouncedV1, Static } from '#contracts';
import type { Occasion } from './occasion.js';

/** The event does not say what its owner calls the key; whoever shows the notification finds it by its id. */
export const keyEndOccasion = ({
  user_id,
  key_id,
  expires_at,
}: Static<typeof ApiKeyEndAnnouncedV1.data>): Occasion => ({
  key: `api-key-end:${key_id}`,
  userId: user_id,
  type: 'api_key_ending',
  priority: 'normal',
  title: 'An API key of yours ends soon',
  message: `It ends on ${expires_at.slice(0, 10)} (UTC); programs that use it are refused from then on. Make another one in time.`,
  data: { key_id, expires_at },
});
