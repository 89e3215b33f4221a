/** The built-in writer: no key, no network, deterministic, grounded in the profile. */
export const OFFLINE_PROVIDER = 'offline';
export const OFFLINE_MODEL = 'phrase-book-1';
