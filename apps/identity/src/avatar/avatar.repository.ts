import { Injectable } from '@nestjs/common';
import type { AvatarSize } from '#contracts';
import type { Queryable, Tx } from '#persistence';

export type AvatarFiles = Readonly<Record<AvatarSize, string>>;

export interface AvatarRow {
  id: string;
  files: AvatarFiles;
}

const FILES = `json_build_object('64', file_64, '256', file_256, '512', file_512) AS files`;

@Injectable()
export class AvatarRepository {
  async ofUser(db: Queryable, userId: string): Promise<AvatarRow | undefined> {
    const rows = await db.query<AvatarRow>('avatar.of-user', `SELECT id, ${FILES} FROM avatar WHERE user_id = $1`, [
      userId,
    ]);
    return rows[0];
  }

  /** Of a blocked account nothing is shown. */
  async file(db: Queryable, id: string, size: AvatarSize): Promise<string | undefined> {
    const rows = await db.query<AvatarRow>(
      'avatar.find',
      `SELECT v.id, ${FILES} FROM avatar v JOIN account a ON a.id = v.user_id
       WHERE v.id = $1 AND a.blocked_at IS NULL`,
      [id],
    );
    return rows[0]?.files[size];
  }

  async replace(tx: Tx, userId: string, { id, files }: AvatarRow, now: Date): Promise<void> {
    await tx.query(
      'avatar.replace',
      `INSERT INTO avatar (user_id, id, file_64, file_256, file_512, created_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, file_64 = excluded.file_64,
         file_256 = excluded.file_256, file_512 = excluded.file_512, created_at = excluded.created_at`,
      [userId, id, files[64], files[256], files[512], now],
    );
  }

  async delete(tx: Tx, userId: string): Promise<void> {
    await tx.query('avatar.delete', 'DELETE FROM avatar WHERE user_id = $1', [userId]);
  }

  /** Which of these files a row knows. */
  async known(db: Queryable, files: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await db.query<{ file: string }>(
      'avatar.known-files',
      `SELECT f.file FROM avatar v CROSS JOIN LATERAL unnest(ARRAY[v.file_64, v.file_256, v.file_512]) AS f(file)
       WHERE f.file = ANY ($1::text[])`,
      [files],
    );
    return new Set(rows.map(({ file }) => file));
  }
}
