import { Injectable } from '@nestjs/common';
import type { MatchProfile, Profile, UpdateProfileBody } from '#contracts';
import { conflict, invalid, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { Database, UnitOfWork } from '#persistence';
import { AccountRepository } from '../accounts/account.repository.js';
import { tidy } from '../tidy.js';
import { changeFacts } from './domain/profile-facts.js';
import { mergeSkills } from './domain/skill-set.js';
import { ProfileChanges } from './profile-changes.js';
import { toMatchProfile, toProfile } from './profile-view.js';
import { ProfileRepository, type ProfileRow } from './profile.repository.js';
import { SkillRepository } from './skill.repository.js';

@Injectable()
export class ProfileService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly changes: ProfileChanges,
    private readonly profiles: ProfileRepository,
    private readonly skills: SkillRepository,
    private readonly accounts: AccountRepository,
  ) {}

  async getOwn(context: RpcContext): Promise<Profile> {
    return toProfile(there(await this.profiles.find(this.database, callerId(context))));
  }

  /** Null where nothing was ever written: there is nothing to match with. */
  async matchFacts(userId: string): Promise<MatchProfile | null> {
    const row = await this.profiles.find(this.database, userId);
    return row === undefined || row.version === 0 ? null : toMatchProfile(row);
  }

  /** All of it or nothing: one wrong member refuses the whole change. */
  updateOwn(request: UpdateProfileBody, context: RpcContext): Promise<Profile> {
    const { full_name: fullName, skills, version: madeFrom, ...change } = tidy(request);
    return this.unitOfWork.run(async (tx) => {
      const { userId, version, now } = await this.changes.begin(tx, context);
      if (madeFrom !== undefined && madeFrom !== version) throw staleVersion(version);
      const current = there(await this.profiles.find(tx, userId));
      const { facts, problems } = changeFacts(current.facts, change);
      if (problems.length > 0) throw invalid(problems);

      await this.profiles.storeFacts(tx, userId, facts);
      if (fullName !== undefined) await this.accounts.update(tx, userId, { fullName });
      if (skills !== undefined) await this.skills.replaceAll(tx, userId, mergeSkills(current.skills, skills), now);
      return toProfile(await this.changes.finish(tx, userId, now, context));
    });
  }
}

function there(row: ProfileRow | undefined): ProfileRow {
  if (row === undefined) throw notFound('The profile');
  return row;
}

const staleVersion = (version: number) =>
  conflict('STALE_VERSION', `The profile was changed meanwhile: it has version ${version} now. Read it again.`, {
    current_version: version,
  });
