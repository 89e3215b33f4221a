/**
 * How long every table of a service keeps its rows, declared once, beside the schema. The job that removes them, the
 * document for people and the tests are made from it.
 */
export type Retention = Readonly<Record<string, KeptTable>>;

export interface KeptTable {
  /** What the rows are kept for. */
  readonly purpose: string;
  /** What ends the rows that no sweep takes. */
  readonly until: Until;
  readonly sweeps?: readonly Sweep[];
}

export type Until =
  /** Whoever it belongs to takes it away, or his account is erased: see the `UserData` of the service. */
  | 'erasure'
  /** A sweep takes every row sooner or later. */
  | 'sweep'
  /** The row of this table that it belongs to: the foreign key deletes it. */
  | { readonly parent: string }
  /** Statements elsewhere, and after how long, in words. */
  | { readonly code: string; readonly after: string }
  /** Why it stays for ever. */
  | { readonly never: string };

/** Rows that go a while after something happened to them. An index stands behind it. */
export interface Sweep {
  /** The time of it: a column, or an expression that is indexed as it stands here. */
  readonly since: string;
  /** The same in words, after "n days after …". */
  readonly event: string;
  readonly keptMs: number;
  /** Only of these rows. */
  readonly where?: string;
  /** The setting the period is read from. */
  readonly setting?: string;
}
