/** Values of one statement. SQL text is put together from constants only; every value goes through here. */
export class Parameters {
  readonly values: unknown[] = [];

  /** The placeholder for a value, with the type PostgreSQL shall read it as. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}
