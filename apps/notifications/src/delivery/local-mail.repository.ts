import { Injectable } from '@nestjs/common';
import type { DeliveryKind } from '#contracts';
import { Database } from '#persistence';

export interface LocalMailRow {
  id: string;
  kind: DeliveryKind;
  /** Encrypted: codes and links of people are in it. */
  content: string;
  created_at: Date;
}

@Injectable()
export class LocalMailRepository {
  constructor(private readonly database: Database) {}

  async insertOnce({ id, kind, content, created_at }: LocalMailRow): Promise<void> {
    await this.database.query(
      'local-mail.insert-once',
      `INSERT INTO local_mail (id, kind, content, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
      [id, kind, content, created_at],
    );
  }

  list(limit: number, offset: number): Promise<LocalMailRow[]> {
    return this.database.query<LocalMailRow>(
      'local-mail.list',
      `SELECT id, kind, content, created_at FROM local_mail ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2`,
      [limit, offset],
    );
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ total: number }>(
      'local-mail.count',
      'SELECT count(*)::int AS total FROM local_mail',
    );
    return row?.total ?? 0;
  }
}
