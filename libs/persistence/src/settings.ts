/** What a service needs to reach its schema. */
export interface DatabaseSettings {
  /** With the login of the service's own role. */
  readonly DATABASE_URL: string;
  readonly DATABASE_POOL_SIZE: number;
  readonly DATABASE_SEARCH_POOL_SIZE: number;
  readonly DATABASE_STATEMENT_TIMEOUT_MS: number;
  readonly DATABASE_SLOW_MS: number;
}

export const databaseDefaults = {
  DATABASE_POOL_SIZE: 8,
  DATABASE_SEARCH_POOL_SIZE: 4,
  DATABASE_STATEMENT_TIMEOUT_MS: 5000,
  DATABASE_SLOW_MS: 100,
} as const;
