import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { describeProblems, type SchemaProblem } from './field-problems.js';
import type { Static, TSchema } from './schema.js';

/**
 * A schema as a validator. The gateway checks what clients send, the bus strategy what the gateway sends, tests what
 * services answer: all with the same schema and the same words.
 */
export interface CompiledSchema<S extends TSchema = TSchema> {
  check(value: unknown): value is Static<S>;
  /** What is wrong, in words that name field and bound; empty for a valid value. `root` names the value as a whole. */
  problems(value: unknown, root?: string): SchemaProblem[];
  /** The same, but members we do not know (yet) are no problem: events grow within a version. */
  problemsIgnoringUnknown(value: unknown, root?: string): SchemaProblem[];
}

// The validator stops after 8 findings by default; a form with more mistakes should hear of all of them. The bound
// keeps a hostile body from filling memory with findings.
Settings.Set({ maxErrors: 128 });

const compiled = new WeakMap<TSchema, CompiledSchema>();

/** Compiled at the first use and kept: a process only pays for the schemas it meets. */
export function compileSchema<S extends TSchema>(schema: S): CompiledSchema<S> {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const fresh = makeLazily(schema);
  compiled.set(schema, fresh);
  return fresh;
}

function makeLazily<S extends TSchema>(schema: S): CompiledSchema<S> {
  const compile = () => Compile(schema);
  let ready: ReturnType<typeof compile> | undefined;
  const validator = (): ReturnType<typeof compile> => (ready ??= compile());
  return {
    check: (value): value is Static<S> => validator().Check(value),
    problems: (value, root = 'body') =>
      validator().Check(value) ? [] : describeProblems(validator().Errors(value), root),
    problemsIgnoringUnknown: (value, root = 'data') => {
      if (validator().Check(value)) return [];
      const errors = validator().Errors(value);
      const known = errors.filter((error) => error.keyword !== 'additionalProperties' && error.keyword !== 'boolean');
      return describeProblems(known, root);
    },
  };
}
