import { Controller } from '@nestjs/common';
import {
  type ErasureCertificate,
  type ErasureReceipt,
  type ErasureRequest,
  getErasureCertificate,
  requestErasure,
  type Static,
  undoErasure,
  type UndoErasureRequest,
} from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { ErasureService } from './erasure.service.js';

@Controller()
export class ErasureRpcController {
  constructor(private readonly erasures: ErasureService) {}

  @Rpc(requestErasure)
  request(request: ErasureRequest, context: RpcContext): Promise<ErasureReceipt> {
    return this.erasures.request(request, context);
  }

  @Rpc(undoErasure)
  undo(request: UndoErasureRequest, context: RpcContext): Promise<Static<typeof undoErasure.response>> {
    return this.erasures.undo(request, context);
  }

  @Rpc(getErasureCertificate)
  certificate(request: Static<typeof getErasureCertificate.request>): Promise<ErasureCertificate> {
    return this.erasures.certificate(request);
  }
}
