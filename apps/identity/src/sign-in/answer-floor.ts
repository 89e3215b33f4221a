import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';

/**
 * Answers to people nobody knows yet come no sooner than a floor, so that the time says nothing about who has an
 * account. The work itself is kept alike as well: under load it may take longer than the floor.
 */
@Injectable()
export class AnswerFloor {
  private readonly floorMs: number;

  constructor(@Inject(SETTINGS) settings: IdentityOwnSettings) {
    this.floorMs = settings.CREDENTIAL_ANSWER_FLOOR;
  }

  /** Holds the answer, and the error as well. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const earliest = sleep(this.floorMs);
    try {
      return await work();
    } finally {
      await earliest;
    }
  }

  /** Holds only errors: who gets in has proved that he may know. */
  async holdRefusal<T>(work: () => Promise<T>): Promise<T> {
    const earliest = sleep(this.floorMs, undefined, { ref: false });
    try {
      return await work();
    } catch (error) {
      await earliest;
      throw error;
    }
  }
}
