/** Injection tokens of things that are not classes. */
export const JOBS_SETTINGS = Symbol('JOBS_SETTINGS');
