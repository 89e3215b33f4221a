import { Readable } from 'node:stream';
import { Controller } from '@nestjs/common';
import {
  getErasureCertificate,
  getExport,
  readExport,
  requestErasure,
  requestExport,
  type Static,
  undoErasure,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Answer } from '../http/answer.js';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  downloadExportOperation,
  getErasureCertificateOperation,
  getExportOperation,
  requestErasureOperation,
  requestExportOperation,
  undoErasureOperation,
} from './my-data.operations.js';

/** Of one piece; the whole file may take longer. */
const PIECE_TIMEOUT_MS = 10_000;

@Controller()
export class MyDataController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(requestErasureOperation)
  requestErasure(input: OperationInput<typeof requestErasureOperation>, call: Call) {
    return this.rpc.callRaw(requestErasure, input.body, call.context);
  }

  @Endpoint(undoErasureOperation)
  undoErasure(input: OperationInput<typeof undoErasureOperation>, call: Call) {
    return this.rpc.callRaw(undoErasure, input.body, call.context);
  }

  @Endpoint(getErasureCertificateOperation)
  certificate(input: OperationInput<typeof getErasureCertificateOperation>, call: Call) {
    const request = { erasure_id: input.params.id, secret: input.query.secret };
    return this.rpc.callRaw(getErasureCertificate, request, call.context);
  }

  @Endpoint(requestExportOperation)
  requestExport(_input: OperationInput<typeof requestExportOperation>, call: Call) {
    return this.rpc.callRaw(requestExport, {}, call.context);
  }

  @Endpoint(getExportOperation)
  getExport(input: OperationInput<typeof getExportOperation>, call: Call) {
    return this.rpc.callRaw(getExport, { export_id: input.params.id }, call.context);
  }

  /** Asked for piece by piece as the client takes it; the first one also finds out whether the link is good. */
  @Endpoint(downloadExportOperation)
  async download({ params, query }: OperationInput<typeof downloadExportOperation>, call: Call) {
    const read = (offset: number) =>
      this.rpc.call(
        readExport,
        { export_id: params.id, token: query.token, offset },
        { ...call.context, timeoutMs: PIECE_TIMEOUT_MS },
      );
    const first = await read(0);
    const name = `career-copilot-export-${params.id}.zip`;
    return Answer.file(Readable.from(piecesOf(first, read), { objectMode: false }), 'application/zip', name);
  }
}

type Piece = Static<typeof readExport.response>;

async function* piecesOf(first: Piece, read: (offset: number) => Promise<Piece>): AsyncIterable<Buffer> {
  let bytes = Buffer.from(first.bytes, 'base64');
  for (let sent = 0; ; bytes = Buffer.from((await read(sent)).bytes, 'base64')) {
    sent += bytes.byteLength;
    yield bytes;
    if (sent >= first.size) return;
    if (bytes.byteLength === 0) throw new Error('the file of an export ended early');
  }
}
