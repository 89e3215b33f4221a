/**
 * What the tables of a service hold about people: declared once, beside the schema. The export and the erasure of a
 * person are made from it, and a test fails for a table of the migrated database that is not in it.
 */
export interface UserData {
  /** In the order they are erased: rows that refer to others come first. */
  readonly tables: readonly UserTable[];
  /** Every other table, and why it says nothing about anybody. */
  readonly otherTables: Readonly<Record<string, string>>;
}

export interface UserTable {
  readonly table: string;
  /** SQL condition for the rows of the person `$1`. */
  readonly mine: string;
  /** Columns that are not handed out, each with its reason (hashes, cipher texts). */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Columns that are handed out empty in the rows where an SQL condition holds: they are about somebody else there. */
  readonly emptied?: { readonly columns: readonly string[]; readonly where: string; readonly because: string };
  /** Why none of it is handed out. */
  readonly notExported?: string;
  readonly erase: Erasure;
  /** Columns that hold the id of a person and stay as they are, each with its reason. */
  readonly otherPeople?: Readonly<Record<string, string>>;
  readonly files?: readonly OwnedFiles[];
}

export type Erasure =
  | { readonly how: 'deleted' }
  /** A function of the schema that answers how many rows it removed, where the role may not delete itself. */
  | { readonly how: 'deleted'; readonly call: string }
  | { readonly how: 'anonymised'; readonly set: string; readonly because: string }
  | { readonly how: 'kept'; readonly because: string };

export const DELETED: Erasure = { how: 'deleted' };

/** Files in the file store that go with the row. */
export interface OwnedFiles {
  readonly area: string;
  /** SQL expression over the row: ids in the store, as text[]. */
  readonly ids: string;
  /** Of the file's name in the export, e.g. `webp`; without it the files are not handed out. */
  readonly exportedAs?: string;
}
