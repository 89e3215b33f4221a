import type { Role } from '#contracts';

export const FACTOR_DEMANDS = ['nobody', 'admins', 'everybody'] as const;
export type FactorDemandOf = (typeof FACTOR_DEMANDS)[number];

export const isDemandedOf = (demand: FactorDemandOf, roles: readonly Role[]): boolean =>
  demand === 'everybody' || (demand === 'admins' && roles.includes('admin'));
