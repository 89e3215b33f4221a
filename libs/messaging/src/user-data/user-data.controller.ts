import { Controller, type Type } from '@nestjs/common';
import {
  type Envelope,
  type ServiceName,
  type Static,
  UserErasureRequestedV1,
  UserExportRequestedV1,
  userDataOf,
} from '#contracts';
import type { EventContext, WorkContext } from '../consume/contexts.js';
import { OnCommand, OnEvent, Rpc } from '../decorators.js';
import { Outbox } from '../outbox/outbox.js';
import { UserDataEraser } from './user-data-eraser.js';
import { UserDataExporter } from './user-data-exporter.js';

type Contracts = ReturnType<typeof userDataOf>;
type Of<C extends { data: Contracts['erase']['data'] | Contracts['export']['data'] }> = Envelope<Static<C['data']>>;

/** Nothing outside the database is touched while a transaction is open, so a request becomes work of the service's own. */
export function userDataController(service: ServiceName): Type<unknown> {
  const contracts = userDataOf(service);
  const reading = { reader: service, feature: 'user-data', evenIfErased: true } as const;

  @Controller()
  class UserDataController {
    constructor(
      private readonly outbox: Outbox,
      private readonly eraser: UserDataEraser,
      private readonly exporter: UserDataExporter,
    ) {}

    @OnEvent(UserErasureRequestedV1, reading)
    async erasureRequested(
      { id, data }: Envelope<Static<typeof UserErasureRequestedV1.data>>,
      { tx, requestId }: EventContext,
    ): Promise<void> {
      if (!data.services.includes(service)) return;
      const { user_id, request_id } = data;
      const facts = { subject: user_id, requestId, causationId: id };
      await this.outbox.add(tx, contracts.erase, { user_id, request_id }, facts);
    }

    @OnEvent(UserExportRequestedV1, reading)
    async exportRequested(
      { id, data }: Envelope<Static<typeof UserExportRequestedV1.data>>,
      { tx, requestId }: EventContext,
    ): Promise<void> {
      if (!data.services.includes(service)) return;
      const { user_id, request_id, expires_at } = data;
      const facts = { subject: user_id, requestId, causationId: id };
      await this.outbox.add(tx, contracts.export, { user_id, request_id, expires_at }, facts);
    }

    @OnCommand(contracts.erase, { concurrency: 2, evenIfErased: true })
    erase(command: Of<Contracts['erase']>, context: WorkContext): Promise<void> {
      return this.eraser.erase(command.data, context);
    }

    @OnCommand(contracts.export, { concurrency: 1 })
    export(command: Of<Contracts['export']>, context: WorkContext): Promise<void> {
      return this.exporter.write(command.data, context);
    }

    @Rpc(contracts.readPart)
    readPart(request: Static<Contracts['readPart']['request']>): Promise<Static<Contracts['readPart']['response']>> {
      return this.exporter.read(request);
    }
  }
  return UserDataController;
}
