import { Controller } from '@nestjs/common';
import { type DataExport, getExport, readExport, requestExport, type Static } from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { ExportService } from './export.service.js';

@Controller()
export class ExportRpcController {
  constructor(private readonly exports: ExportService) {}

  @Rpc(requestExport)
  request(_request: Record<string, never>, context: RpcContext): Promise<DataExport> {
    return this.exports.request(context);
  }

  @Rpc(getExport)
  get({ export_id: id }: Static<typeof getExport.request>, context: RpcContext): Promise<DataExport> {
    return this.exports.get(id, context);
  }

  @Rpc(readExport)
  read(request: Static<typeof readExport.request>): Promise<Static<typeof readExport.response>> {
    return this.exports.read(request);
  }
}
