import type { Logger } from 'typeorm';

/** TypeORM's loggers print statements with their values, some of it even with `logging: false`. Ours says nothing. */
export class QuietLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
