import { Controller } from '@nestjs/common';
import { importPostings, type ImportPostingsRequest, type ImportPostingsResponse } from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { onlyAdmins } from '../only-admins.js';
import { ImportService } from './import.service.js';

@Controller()
export class ImportRpcController {
  constructor(private readonly imports: ImportService) {}

  @Rpc(importPostings)
  importPostings(request: ImportPostingsRequest, context: RpcContext): Promise<ImportPostingsResponse> {
    onlyAdmins(context);
    return this.imports.importPostings(request, context);
  }
}
