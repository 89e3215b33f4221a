import { Controller } from '@nestjs/common';
import { listLocalMails } from '#contracts';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import { type Call, operation, type OperationInput } from '../http/operation.js';

const list = operation({
  method: 'GET',
  path: '/admin/outbox',
  operationId: 'listLocalMails',
  tag: 'Administration',
  summary: 'Mails that were not sent, because no mail server is configured',
  description:
    'Newest first, kept for 7 days. They hold sign-in codes and links of other people, so they are shown to an admin who asks from the machine itself and to nobody else.',
  access: { role: 'admin' },
  query: listLocalMails.request,
  response: listLocalMails.response,
  responseExample: {
    total: 1,
    page: 1,
    per_page: 20,
    total_pages: 1,
    mails: [
      {
        id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d71',
        kind: 'sign_in_code',
        to: 'ada@example.com',
        subject: 'Your code to sign in',
        text: 'Enter this code to sign in:\n\n    123456\n',
        html: '<!doctype html>…',
        created_at: '2026-11-20T10:00:00.000Z',
      },
    ],
  },
});

@Controller()
export class LocalOutboxController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(list)
  list({ query }: OperationInput<typeof list>, call: Call) {
    return this.rpc.callRaw(listLocalMails, query, call.context);
  }
}
