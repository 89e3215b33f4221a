import { Controller } from '@nestjs/common';
import { AssembleExportV1, type Envelope, SERVICES, type Static, userDataOf } from '#contracts';
import { type EventContext, OnCommand, OnEvent, type WorkContext } from '#messaging';
import { ExportAssembler } from './export-assembler.js';
import { ExportSaga } from './export.saga.js';

const answers = SERVICES.map((service) => userDataOf(service).exported);

@Controller()
export class ExportConsumer {
  constructor(
    private readonly saga: ExportSaga,
    private readonly assembler: ExportAssembler,
  ) {}

  @OnEvent(answers, { reader: 'identity', feature: 'my-data' })
  async exported(
    event: Envelope<Static<(typeof answers)[number]['data']>>,
    { tx, requestId }: EventContext,
  ): Promise<void> {
    const service = SERVICES.find((one) => userDataOf(one).exported.type === event.type);
    if (service !== undefined) await this.saga.answered(tx, service, event, { requestId, causationId: event.id });
  }

  @OnCommand(AssembleExportV1, { concurrency: 1 })
  assemble(command: Envelope<Static<typeof AssembleExportV1.data>>, context: WorkContext): Promise<void> {
    return this.assembler.assemble(command.data.request_id, context);
  }
}
