import { Controller } from '@nestjs/common';
import { listSigningKeys, type Static } from '#contracts';
import { Rpc } from '#messaging';
import { SigningKeysService } from './signing-keys.service.js';

@Controller()
export class SigningKeysRpcController {
  constructor(private readonly keys: SigningKeysService) {}

  @Rpc(listSigningKeys)
  async list(): Promise<Static<typeof listSigningKeys.response>> {
    return { keys: await this.keys.publicKeys() };
  }
}
