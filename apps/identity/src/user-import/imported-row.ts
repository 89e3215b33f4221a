import { compileSchema, ImportedUser, type Role } from '#contracts';
import type { FieldProblem } from '#kernel';
import type { NewAccount } from '../accounts/account-factory.js';
import { hashProblem } from './domain/imported-hash.js';

export interface RowRules {
  now: Date;
  highestCost: number;
}

/** One row of an import as an account that can be made, or the first thing that is wrong with it. */
export function readRow(row: unknown, { now, highestCost }: RowRules): NewAccount | FieldProblem {
  const schema = compileSchema(ImportedUser);
  if (!schema.check(row)) {
    const [problem] = schema.problems(row, 'user');
    return problem ?? { field: 'user', message: 'is no account' };
  }
  const [email, fullName] = [row.email, row.full_name].map((text) => text.normalize('NFC').trim());
  if (fullName === undefined || fullName === '') return { field: 'full_name', message: 'must not be blank' };
  const passwordHash = row.password_hash ?? null;
  const wrongHash = passwordHash === null ? undefined : hashProblem(passwordHash, highestCost);
  if (wrongHash !== undefined) return { field: 'password_hash', message: wrongHash };
  const createdAt = new Date(row.created_at ?? now);
  // Also true of a moment that does not exist (a second 60).
  if (!(createdAt <= now)) return { field: 'created_at', message: 'must not lie ahead' };
  return {
    email: email ?? '',
    fullName,
    passwordHash,
    roles: rolesOf(row.role),
    emailVerified: row.email_verified,
    createdAt,
    method: 'import',
  };
}

const rolesOf = (role: ImportedUser['role']): Role[] => (role === 'employer' ? ['user', 'employer'] : ['user']);
