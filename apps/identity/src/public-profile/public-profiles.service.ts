import { Injectable } from '@nestjs/common';
import type { ProfileSearchQuery, PublicProfile, searchProfiles, Static } from '#contracts';
import { notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database } from '#persistence';
import { ConnectionRepository, type ConnectionRow } from '../connections/connection.repository.js';
import { seenBy } from '../connections/domain/pair.js';
import { cursorPage, cursorWindow } from '../cursor.js';
import { skillKey } from '../profile/domain/skill-set.js';
import { tidy } from '../tidy.js';
import { cardFor, type Person, shownTo } from './domain/shown.js';
import { PublicProfileRepository } from './public-profile.repository.js';

/** People as others may see them. */
@Injectable()
export class PublicProfilesService {
  constructor(
    private readonly database: Database,
    private readonly pages: PublicProfileRepository,
    private readonly connections: ConnectionRepository,
  ) {}

  async bySlug(slug: string, context: RpcContext): Promise<PublicProfile> {
    return this.show(await this.pages.bySlug(this.database, slug.trim().toLowerCase()), context);
  }

  async byId(userId: string, context: RpcContext): Promise<PublicProfile> {
    return this.show(await this.pages.byId(this.database, userId.toLowerCase()), context);
  }

  async search(query: ProfileSearchQuery, context: RpcContext): Promise<Static<typeof searchProfiles.response>> {
    const me = callerId(context);
    const { q, skill } = tidy({ q: query.q, skill: query.skill });
    const filter = { q, skill: skill === undefined ? undefined : skillKey(skill) };
    const window = cursorWindow('profiles', query);
    const [rows, count] = await Promise.all([
      this.pages.search(this.database, me, filter, window),
      this.pages.count(this.database, me, filter),
    ]);
    const { head, shown } = cursorPage('profiles', query, count, rows, ({ userId }) => userId);
    // The list is what everybody sees, also of people one is connected with: it is searched by that alone.
    return { ...head, profiles: shown.map((row) => cardFor(row, 'anyone')) };
  }

  private async show(person: Person | undefined, { caller }: RpcContext): Promise<PublicProfile> {
    if (person === undefined) throw notFound('The profile');
    const viewer = caller?.user_id;
    if (viewer === person.userId) return { ...shownTo(person, 'connection'), connection: null };
    const pair = viewer === undefined ? undefined : await this.connections.find(this.database, viewer, person.userId);
    const status = pair === undefined || viewer === undefined ? 'none' : seenBy(pair, viewer);
    // Blocked by that person, or a stranger to somebody without a page: as if he were not there.
    if (pair?.status === 'blocked' && status === 'none') throw notFound('The profile');
    if (person.slug === null && status !== 'pending' && status !== 'accepted') throw notFound('The profile');
    const shown = shownTo(person, status === 'accepted' ? 'connection' : 'anyone');
    return { ...shown, connection: pair === undefined || status === 'none' ? null : markOf(pair, status, viewer) };
  }
}

function markOf(
  pair: ConnectionRow,
  status: Exclude<ConnectionRow['status'], 'none'>,
  viewer: string | undefined,
): NonNullable<PublicProfile['connection']> {
  return { id: pair.id, status, direction: (pair.requester ?? viewer) === viewer ? 'sent' : 'received' };
}
