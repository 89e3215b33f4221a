import { Injectable } from '@nestjs/common';
import type { ListApplicationsQuery } from '#contracts';
import { notFound } from '#kernel';
import { Database, type Queryable, type Tx } from '#persistence';
import { ApplicationEntity } from './application.entity.js';
import { TimelineEntryEntity } from './timeline-entry.entity.js';

const SORT_COLUMNS = {
  created_at: 'created_at',
  updated_at: 'updated_at',
  applied_date: 'applied_date',
  company: 'lower(job_company)',
} as const;

/** Escapes what LIKE would read as a wildcard. */
const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

@Injectable()
export class ApplicationRepository {
  constructor(private readonly database: Database) {}

  /** @throws AppError NOT_FOUND, also for somebody else's application. */
  async getOwned(userId: string, id: string): Promise<ApplicationEntity> {
    const found = await this.database.dataSource.getRepository(ApplicationEntity).findOneBy({ id, userId });
    if (found === null) throw notFound('The application');
    return found;
  }

  /** Locks the row: two changes of one application happen one after the other. */
  async getOwnedForUpdate(tx: Tx, userId: string, id: string): Promise<ApplicationEntity> {
    const found = await tx
      .repository(ApplicationEntity)
      .findOne({ where: { id, userId }, lock: { mode: 'pessimistic_write' } });
    if (found === null) throw notFound('The application');
    return found;
  }

  async insert(tx: Tx, application: ApplicationEntity): Promise<void> {
    await tx.repository(ApplicationEntity).insert(application);
  }

  async save(tx: Tx, application: ApplicationEntity): Promise<void> {
    await tx.repository(ApplicationEntity).save(application);
  }

  async delete(tx: Tx, id: string): Promise<void> {
    await tx.repository(ApplicationEntity).delete({ id });
  }

  async addTimelineEntry(tx: Tx, entry: TimelineEntryEntity): Promise<void> {
    await tx.repository(TimelineEntryEntity).insert(entry);
  }

  timelineOf(applicationId: string): Promise<TimelineEntryEntity[]> {
    return this.database.dataSource
      .getRepository(TimelineEntryEntity)
      .find({ where: { applicationId }, order: { id: 'ASC' } });
  }

  async list(userId: string, query: ListApplicationsQuery): Promise<{ total: number; items: ApplicationEntity[] }> {
    const builder = this.database.dataSource
      .getRepository(ApplicationEntity)
      .createQueryBuilder('application')
      .where('application.user_id = :userId', { userId });
    // `?status=` (an untouched form field) filters nothing; an empty IN () is no SQL.
    if (query.status !== undefined && query.status.length > 0) {
      builder.andWhere('application.status IN (:...status)', { status: query.status });
    }
    // A day a person names is compared with the day of the application, or of the start of tracking.
    const day = "coalesce(application.applied_date, (application.created_at AT TIME ZONE 'UTC')::date)";
    if (query.from_date !== undefined) builder.andWhere(`${day} >= :from`, { from: query.from_date });
    if (query.to_date !== undefined) builder.andWhere(`${day} <= :to`, { to: query.to_date });
    if (query.q !== undefined) {
      builder.andWhere(
        '(application.job_title ILIKE :q OR application.job_company ILIKE :q OR application.notes ILIKE :q)',
        { q: likePattern(query.q) },
      );
    }
    const page = query.page ?? 1;
    const perPage = query.per_page ?? 20;
    const [items, total] = await builder
      .addSelect(SORT_COLUMNS[query.sort_by ?? 'updated_at'].replace(/^(lower\()?/, '$1application.'), 'sort_key')
      .orderBy('sort_key', query.sort_order === 'asc' ? 'ASC' : 'DESC', 'NULLS LAST')
      .addOrderBy('application.id', 'DESC')
      .offset((page - 1) * perPage)
      .limit(perPage)
      .getManyAndCount();
    return { total, items };
  }

  async stats(userId: string, today: string): Promise<StatsRow> {
    const [row] = await queryStats(this.database, userId, today);
    return row ?? { by_status: {}, applied_last_7_days: 0, follow_ups_due: 0 };
  }
}

export interface StatsRow {
  by_status: Record<string, number>;
  applied_last_7_days: number;
  follow_ups_due: number;
}

function queryStats(database: Queryable, userId: string, today: string): Promise<StatsRow[]> {
  return database.query<StatsRow>(
    'applications.stats',
    `SELECT coalesce(jsonb_object_agg(status, n), '{}') AS by_status,
            coalesce(sum(recent), 0)::int AS applied_last_7_days,
            coalesce(sum(due), 0)::int AS follow_ups_due
     FROM (SELECT status, count(*)::int AS n,
                  count(*) FILTER (WHERE applied_date > $2::date - 7 AND applied_date <= $2::date) AS recent,
                  count(*) FILTER (WHERE follow_up_date <= $2::date AND status IN ('saved', 'applied', 'interviewing', 'offered')) AS due
           FROM application WHERE user_id = $1 GROUP BY status) AS per_status`,
    [userId, today],
  );
}
