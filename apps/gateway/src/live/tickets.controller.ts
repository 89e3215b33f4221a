import { Controller, Inject } from '@nestjs/common';
import { Closed, Type } from '#contracts';
import { type Clock, forbidden } from '#kernel';
import { CLOCK } from '#platform';
import { Endpoint } from '../http/endpoint.js';
import { type Call, operation, type OperationInput } from '../http/operation.js';
import { TICKET_SECONDS, Tickets } from './tickets.js';

const issueTicket = operation({
  method: 'POST',
  path: '/ws/tickets',
  operationId: 'issueSocketTicket',
  tag: 'Notifications',
  summary: 'A ticket to open the live socket with',
  description:
    'Good for one socket, opened within 30 seconds at `/ws?ticket=…`. Browsers cannot send headers there, and a token ' +
    'does not belong in an address.\n\n' +
    'Frames of notifications carry a `sequence`, which grows. Who comes back with the last one he saw, ' +
    '`/ws?ticket=…&after=<sequence>` (or `after` in the `auth` frame), gets all he missed, in order, each once. ' +
    '`connection_established` says from which `sequence` on nothing is missing: a higher one than was asked for when ' +
    'it was too much, `null` while the numbers cannot be had; GET /notifications has the rest. Other frames are hints ' +
    'about things that can be asked for, and may get lost.',
  access: 'signed-in',
  status: 201,
  response: Closed({
    ticket: Type.String(),
    expires_in: Type.Integer({ description: 'Seconds', examples: [TICKET_SECONDS] }),
  }),
});

@Controller()
export class TicketsController {
  constructor(
    private readonly tickets: Tickets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Endpoint(issueTicket)
  issue(_input: OperationInput<typeof issueTicket>, call: Call) {
    const sessionId = call.caller?.session_id;
    if (sessionId === undefined) throw forbidden('API keys cannot open a live socket; sign in instead.');
    const issuedAt = this.clock.now().getTime() / 1000;
    return { ticket: this.tickets.issue({ userId: call.userId(), sessionId, issuedAt }), expires_in: TICKET_SECONDS };
  }
}
