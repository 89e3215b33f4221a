import type { Provider } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Clock } from '#kernel';
import { CLOCK, Leadership, LeaderSchedule, Logger, ShutdownSequence } from '#platform';
import type { ServiceName } from '#contracts';
import { PgLeadership } from './pg-leadership.js';

/** One replica of this service leads, by a lock in the database it has anyway. */
export const leadershipProviders = (service: ServiceName, databaseUrl: string): Provider[] => [
  {
    provide: Leadership,
    useFactory: (logger: Logger, shutdown: ShutdownSequence): Leadership => {
      const leadership = new PgLeadership({
        url: databaseUrl,
        name: service,
        logger: logger.for('leadership'),
      });
      leadership.start();
      shutdown.add('hand-back', `leadership:${service}`, () => leadership.close());
      return leadership;
    },
    inject: [Logger, ShutdownSequence],
  },
  {
    provide: LeaderSchedule,
    useFactory: (
      registry: SchedulerRegistry,
      leadership: Leadership,
      clock: Clock,
      logger: Logger,
      shutdown: ShutdownSequence,
    ): LeaderSchedule => new LeaderSchedule(registry, leadership, clock, logger.for('schedule'), shutdown),
    inject: [SchedulerRegistry, Leadership, CLOCK, Logger, ShutdownSequence],
  },
];
