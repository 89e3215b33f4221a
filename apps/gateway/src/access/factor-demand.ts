import { Injectable } from '@nestjs/common';
import { type Caller, isFactorNeeded } from '#contracts';
import { AppError } from '#kernel';
import { RpcClient } from '#messaging';

const TIMEOUT_MS = 5_000;

/** Whether somebody has the second factor this installation demands of him. */
@Injectable()
export class FactorDemand {
  constructor(private readonly rpc: RpcClient) {}

  /**
   * Token and key say how it was. Whoever lacked it is asked about at every request, so that he is let in with the same
   * token as soon as he has set one up; nobody else costs a question.
   */
  async require(caller: Caller): Promise<void> {
    const { needed } = await this.rpc.call(isFactorNeeded, {}, { caller, timeoutMs: TIMEOUT_MS });
    if (needed) throw factorRequired();
  }
}

const factorRequired = (): AppError =>
  new AppError({
    code: 'SECOND_FACTOR_REQUIRED',
    kind: 'forbidden',
    message:
      'This installation demands a second factor of this account. Set one up: POST /api/v1/auth/mfa/totp/setup, then ' +
      '/api/v1/auth/mfa/totp/enable.',
  });
