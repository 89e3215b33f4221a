import { Injectable } from '@nestjs/common';
import { UserDataHooks } from '#messaging';
import type { Tx } from '#persistence';
import { IngestionTurn } from '../ingestion/ingestion-turn.js';
import { EmployerPostingRepository } from './employer-posting.repository.js';
import { WithdrawalService } from './withdrawal.service.js';

/** Nobody answers for the openings of a person who is erased: they are withdrawn, and everybody hears of it. */
@Injectable()
export class ErasureOfEmployers extends UserDataHooks {
  constructor(
    private readonly turn: IngestionTurn,
    private readonly postings: EmployerPostingRepository,
    private readonly withdrawal: WithdrawalService,
  ) {
    super();
  }

  override async beforeErasure(tx: Tx, userId: string): Promise<void> {
    if ((await this.postings.countOf(tx, userId)) === 0) return;
    await this.turn.takeWithin(tx);
    for (const standing of await this.postings.ofOwner(tx, userId))
      await this.withdrawal.withdraw(tx, standing, 'gone');
  }
}
