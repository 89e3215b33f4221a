import { Inject, Injectable } from '@nestjs/common';
import { ProfileUpdatedV1 } from '#contracts';
import { type Clock, notFound } from '#kernel';
import { callerId, Outbox, type RpcContext } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { ProfileRepository, type ProfileRow } from './profile.repository.js';

/** Every change of a profile, whatever it touches: locked, one version further, told in the same commit. */
@Injectable()
export class ProfileChanges {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly profiles: ProfileRepository,
    private readonly outbox: Outbox,
  ) {}

  async begin(tx: Tx, context: RpcContext): Promise<{ userId: string; version: number; now: Date }> {
    const userId = callerId(context);
    const profile = await this.profiles.lock(tx, userId);
    if (profile === undefined) throw notFound('The profile');
    return { userId, version: profile.version, now: this.clock.now() };
  }

  /** Answers the profile as it is after the change. */
  async finish(tx: Tx, userId: string, now: Date, context: RpcContext): Promise<ProfileRow> {
    await this.profiles.nextVersion(tx, userId, now);
    const row = await this.profiles.find(tx, userId);
    if (row === undefined) throw notFound('The profile');
    const told = { user_id: userId, version: row.version };
    await this.outbox.add(tx, ProfileUpdatedV1, told, { subject: userId, requestId: context.requestId });
    return row;
  }
}
