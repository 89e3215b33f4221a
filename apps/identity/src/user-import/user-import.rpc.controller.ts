import { Controller } from '@nestjs/common';
import { importUsers, type ImportUsersBody, type ImportUsersResponse } from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { UserImportService } from './user-import.service.js';

@Controller()
export class UserImportRpcController {
  constructor(private readonly imports: UserImportService) {}

  @Rpc(importUsers)
  importUsers(request: ImportUsersBody, context: RpcContext): Promise<ImportUsersResponse> {
    return this.imports.importUsers(request, context);
  }
}
