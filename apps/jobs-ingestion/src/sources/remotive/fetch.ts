import { asArray, asObject } from '../shared/json.js';
import { addressOf, type PagedSourceOptions } from '../shared/paged-source.js';

/** The whole listing in one answer. */
export const remotivePages = (
  baseUrl: string,
): Pick<PagedSourceOptions<'all'>, 'first' | 'conditional' | 'requestOf' | 'itemsOf' | 'nextOf'> => ({
  first: 'all',
  conditional: true,
  requestOf: () => ({ url: addressOf(baseUrl, '/api/remote-jobs', {}), part: 'all' }),
  itemsOf: (body) => asArray(asObject(body)?.['jobs']),
  nextOf: () => null,
});
