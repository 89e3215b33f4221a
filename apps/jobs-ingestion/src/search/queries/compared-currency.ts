import type { Parameters } from '../parameters.js';

export interface CurrencyContext {
  userId: string | null;
  defaultCurrency: string;
}

/** SQL for the currency amounts are compared in: the one asked for, else of the profile, else of the installation. */
export function comparedCurrency(
  request: { currency?: string },
  context: CurrencyContext,
  parameters: Parameters,
): string {
  if (request.currency !== undefined) return parameters.add(request.currency, 'text');
  const fallback = parameters.add(context.defaultCurrency, 'text');
  if (context.userId === null) return fallback;
  const user = parameters.add(context.userId, 'uuid');
  return `coalesce((SELECT m.currency FROM match_profile m WHERE m.user_id = ${user}), ${fallback})`;
}
