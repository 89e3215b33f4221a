import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';

/** How keys look, so that a key is never mistaken for a token (and scanners can find leaked ones). */
export const API_KEY_PREFIX = 'cck_';

/** Who a key belongs to. The caller it answers has at least one scope: without any it would look like a session. */
@Injectable()
export abstract class ApiKeys {
  abstract verify(key: string): Promise<Caller | undefined>;
}

/** Until identity answers for keys, there are none. */
@Injectable()
export class NoApiKeys extends ApiKeys {
  override async verify(): Promise<undefined> {
    return undefined;
  }
}
