import { Readable } from 'node:stream';
import { type ServiceName, type Static, userDataOf } from '#contracts';
import { notFound } from '#kernel';
import type { OutgoingContext, RpcClient } from '#messaging';

type Piece = NonNullable<Static<ReturnType<typeof userDataOf>['readPart']['response']>['piece']>;

export interface PartEntry {
  /** Path inside the export. */
  name: string;
  content: Readable;
}

/** Reads the part of one service piece by piece: a service's files are its own, wherever it keeps them. */
export class PartReader {
  constructor(
    private readonly rpc: RpcClient,
    private readonly exportId: string,
    private readonly service: ServiceName,
    private readonly context: OutgoingContext,
  ) {}

  /** One after the other; read each to its end before the next. */
  async *entries(): AsyncIterable<PartEntry> {
    for (let entry = 0; ; entry += 1) {
      const first = await this.piece(entry, 0);
      if (first === null) return;
      yield { name: first.name, content: Readable.from(this.content(entry, first)) };
    }
  }

  private async *content(entry: number, first: Piece): AsyncIterable<Buffer> {
    let piece: Piece | null = first;
    for (let offset = 0; piece !== null;) {
      const bytes = Buffer.from(piece.bytes, 'base64');
      offset += bytes.byteLength;
      yield bytes;
      if (offset >= first.size) return;
      if (bytes.byteLength === 0) throw notFound(`A piece of ${first.name}`);
      piece = await this.piece(entry, offset);
    }
  }

  private async piece(entry: number, offset: number): Promise<Piece | null> {
    const request = { request_id: this.exportId, entry, offset };
    return (await this.rpc.call(userDataOf(this.service).readPart, request, this.context)).piece;
  }
}
