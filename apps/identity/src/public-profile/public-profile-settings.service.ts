import { Inject, Injectable } from '@nestjs/common';
import type { PublicProfileSettings, UpdatePublicProfileBody } from '#contracts';
import { type Clock, conflict, invalid, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { ProfileRepository } from '../profile/profile.repository.js';
import { ALL_PRIVATE } from './domain/shown.js';
import { readSlug } from './domain/slug.js';
import { PublicProfileRepository, type PublicProfileRow } from './public-profile.repository.js';

/** Nobody takes over an address that others still have on paper. */
export const SLUG_REST_MS = 90 * 86_400_000;

/** What a person shows of himself, and to whom. */
@Injectable()
export class PublicProfileSettingsService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly profiles: ProfileRepository,
    private readonly pages: PublicProfileRepository,
  ) {}

  async get(context: RpcContext): Promise<PublicProfileSettings> {
    return toSettings(await this.pages.settings(this.database, callerId(context)));
  }

  update(change: UpdatePublicProfileBody, context: RpcContext): Promise<PublicProfileSettings> {
    const slug = change.slug == null ? change.slug : slugOf(change.slug);
    return this.unitOfWork.run(async (tx) => {
      const userId = callerId(context);
      if ((await this.profiles.lock(tx, userId)) === undefined) throw notFound('The profile');
      const before = await this.pages.settings(tx, userId);
      const now = this.clock.now();
      const after: PublicProfileRow = {
        slug: slug === undefined ? before.slug : slug,
        // Taking the page down takes it off the list; listing it again is a decision of its own.
        isListed: change.is_listed ?? (slug === null ? false : before.isListed),
        visibility: { ...before.visibility, ...change.visibility },
        updatedAt: now,
      };
      if (after.isListed && after.slug === null) {
        throw invalid([{ field: 'is_listed', message: 'needs a slug: without one there is no page to find' }]);
      }
      if (after.slug !== before.slug) await this.move(tx, userId, before.slug, after.slug, now);
      await this.pages.store(tx, userId, after);
      return toSettings(after);
    });
  }

  private async move(tx: Tx, userId: string, from: string | null, to: string | null, now: Date): Promise<void> {
    if (to !== null) {
      await this.pages.lockSlug(tx, to);
      if (await this.pages.isTaken(tx, to, userId, new Date(now.getTime() - SLUG_REST_MS))) {
        throw conflict('ALREADY_EXISTS', 'This slug is taken; choose another one.');
      }
    }
    if (from !== null) await this.pages.release(tx, from, userId, now);
  }
}

function slugOf(text: string): string {
  const read = readSlug(text);
  if ('problem' in read) throw invalid([{ field: 'slug', message: read.problem }]);
  return read.slug;
}

const toSettings = (row: PublicProfileRow): PublicProfileSettings => ({
  slug: row.slug,
  is_listed: row.isListed,
  visibility: { ...ALL_PRIVATE, ...row.visibility },
  updated_at: row.updatedAt?.toISOString() ?? null,
});
