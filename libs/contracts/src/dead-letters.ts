import { defineRpc } from './define.js';
import { Closed, Nullable, Page, PageQuery, StringEnum, Timestamp, Type, Uuid } from './schema.js';
import { type ServiceName, SERVICES } from './services.js';

/** A message a service gave up on. Its data is ids and facts (events) or encrypted (commands), so an admin may see it. */
export const DeadLetter = Closed({
  id: Uuid(),
  /** Durable that gave up, `<reader>-<feature>`. */
  consumer: Type.String(),
  /** Id of the event or command; of an unreadable message whatever id the bus had. */
  message_id: Type.String(),
  type: Type.String(),
  subject: Type.String(),
  reason: Type.String(),
  attempts: Type.Integer({ minimum: 0 }),
  failed_at: Timestamp(),
  replayed_at: Nullable(Timestamp()),
  data: Type.Unknown(),
});

const listOf = (service: ServiceName) =>
  defineRpc(service, 'dead-letter.list', {
    request: Closed({
      ...PageQuery,
      state: Type.Optional(StringEnum(['open', 'replayed', 'all'], { default: 'open' })),
      consumer: Type.Optional(Type.String({ maxLength: 120 })),
    }),
    response: Page('dead_letters', DeadLetter),
  });

/** Without ids: the oldest open ones, as many as `limit`; asked again until `remaining` is 0. */
const replayOf = (service: ServiceName) =>
  defineRpc(service, 'dead-letter.replay', {
    request: Closed({
      ids: Type.Optional(Type.Array(Uuid(), { minItems: 1, maxItems: 1000 })),
      consumer: Type.Optional(Type.String({ maxLength: 120 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    }),
    response: Closed({
      /** Handled now (events) or back in the queue (commands). */
      replayed: Type.Integer({ minimum: 0 }),
      /** Had their effect before, or were unknown: nothing was done. */
      skipped: Type.Integer({ minimum: 0 }),
      failed: Type.Array(Closed({ id: Uuid(), reason: Type.String() })),
      remaining: Type.Integer({ minimum: 0 }),
    }),
  });

const perService = <C>(make: (service: ServiceName) => C): ReadonlyMap<ServiceName, C> =>
  new Map(SERVICES.map((service) => [service, make(service)]));
const lists = perService(listOf);
const replays = perService(replayOf);

/** The dead letters of one service; admins only. */
export const listDeadLetters = (service: ServiceName) => lists.get(service) ?? listOf(service);
/** Runs the handler again for letters of one service; admins only. A letter that was replayed before is not done twice. */
export const replayDeadLetter = (service: ServiceName) => replays.get(service) ?? replayOf(service);

/** All twelve, for whoever collects contracts by looking through the exports. */
export const deadLetterContracts = [...lists.values(), ...replays.values()];
