import type { Connection } from '#contracts';
import { cardFor } from '../public-profile/domain/shown.js';
import type { SeenConnection } from './connection.repository.js';
import { mayAskAgainAt } from './domain/pair.js';

/** The connection as `viewer` sees it; what he may not see is not in the rows. */
export function toConnection({ connection, person }: SeenConnection, viewer: string, coolDownMs: number): Connection {
  const { status } = connection;
  if (status === 'none') throw new Error('a connection that ended is shown to nobody');
  const requester = connection.requester ?? viewer;
  const again = status === 'rejected' ? mayAskAgainAt(connection, viewer, coolDownMs) : null;
  return {
    id: connection.id,
    status,
    requester_id: requester,
    receiver_id: requester === connection.lowId ? connection.highId : connection.lowId,
    direction: requester === viewer ? 'sent' : 'received',
    person: cardFor(person, status === 'accepted' ? 'connection' : 'anyone'),
    can_ask_again_at: again?.toISOString() ?? null,
    created_at: connection.createdAt.toISOString(),
    updated_at: connection.updatedAt.toISOString(),
  };
}
