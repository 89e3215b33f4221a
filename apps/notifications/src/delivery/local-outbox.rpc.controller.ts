import { Controller } from '@nestjs/common';
import { listLocalMails, type Static } from '#contracts';
import { forbidden } from '#kernel';
import { Rpc, type RpcContext } from '#messaging';
import ipaddr from 'ipaddr.js';
import { LocalOutboxService } from './local-outbox.service.js';

@Controller()
export class LocalOutboxRpcController {
  constructor(private readonly localOutbox: LocalOutboxService) {}

  @Rpc(listLocalMails)
  list({ page = 1, per_page = 20 }: Static<typeof listLocalMails.request>, context: RpcContext) {
    assertAtThisMachine(context);
    return this.localOutbox.list(page, per_page);
  }
}

/**
 * Whoever reads these mails can sign in as anybody. An admin who sits at the machine can do so anyway; one who only
 * stole an admin's token cannot.
 */
function assertAtThisMachine({ caller, clientAddress }: RpcContext): void {
  const isHere =
    clientAddress !== undefined &&
    ipaddr.isValid(clientAddress) &&
    ipaddr.process(clientAddress).range() === 'loopback';
  if (caller?.roles.includes('admin') !== true || !isHere) {
    throw forbidden(
      'The local outbox is shown to admins at this very machine only. Configure SMTP_HOST to send mails.',
    );
  }
}
