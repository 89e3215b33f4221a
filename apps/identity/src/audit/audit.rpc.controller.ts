import { Controller } from '@nestjs/common';
import { listAudit, searchAudit, type Static, verifyAudit } from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { AuditService } from './audit.service.js';
import { AuditVerificationService } from './audit-verification.service.js';

@Controller()
export class AuditRpcController {
  constructor(
    private readonly audit: AuditService,
    private readonly verification: AuditVerificationService,
  ) {}

  @Rpc(listAudit)
  list(request: Static<typeof listAudit.request>, context: RpcContext): Promise<Static<typeof listAudit.response>> {
    return this.audit.list(callerId(context), request);
  }

  @Rpc(searchAudit)
  search(
    request: Static<typeof searchAudit.request>,
    context: RpcContext,
  ): Promise<Static<typeof searchAudit.response>> {
    return this.audit.search(request, context);
  }

  @Rpc(verifyAudit)
  verify(
    request: Static<typeof verifyAudit.request>,
    context: RpcContext,
  ): Promise<Static<typeof verifyAudit.response>> {
    return this.verification.verify(request.after, context);
  }
}
