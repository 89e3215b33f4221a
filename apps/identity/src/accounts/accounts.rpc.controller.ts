import { Controller } from '@nestjs/common';
import {
  type AdminUser,
  changePassword,
  getAccount,
  getMailAddress,
  listUsers,
  type Me,
  registerAccount,
  type RegisterRequest,
  type Static,
  updateAccount,
  updateUserAccess,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { PasswordsService } from '../passwords/passwords.service.js';
import { AccountsService } from './accounts.service.js';
import { RegistrationService } from './registration.service.js';
import { UserAccessService } from './user-access.service.js';

@Controller()
export class AccountsRpcController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordsService,
    private readonly access: UserAccessService,
  ) {}

  @Rpc(registerAccount)
  register(request: RegisterRequest, context: RpcContext): Promise<Static<typeof registerAccount.response>> {
    return this.registration.registerAccount(request, context);
  }

  @Rpc(getAccount)
  get(_request: Record<string, never>, context: RpcContext): Promise<Me> {
    return this.accounts.getOwn(context);
  }

  @Rpc(updateAccount)
  update(request: Static<typeof updateAccount.request>, context: RpcContext): Promise<Me> {
    return this.accounts.updateOwn(request, context);
  }

  @Rpc(getMailAddress)
  async mailAddress({
    user_id: userId,
  }: Static<typeof getMailAddress.request>): Promise<Static<typeof getMailAddress.response>> {
    return { address: await this.accounts.mailAddress(userId) };
  }

  @Rpc(changePassword)
  async changePassword(
    request: Static<typeof changePassword.request>,
    context: RpcContext,
  ): Promise<Static<typeof changePassword.response>> {
    const { sessionsRevoked } = await this.passwords.change(request, context);
    return { status: 'password_changed', sessions_revoked: sessionsRevoked };
  }

  @Rpc(listUsers)
  listUsers(
    request: Static<typeof listUsers.request>,
    context: RpcContext,
  ): Promise<Static<typeof listUsers.response>> {
    return this.access.listUsers(request, context);
  }

  @Rpc(updateUserAccess)
  updateUserAccess(request: Static<typeof updateUserAccess.request>, context: RpcContext): Promise<AdminUser> {
    return this.access.updateAccess(request, context);
  }
}
