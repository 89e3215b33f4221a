/** Injection token of the service's settings (they are a plain object). */
export const SETTINGS = Symbol('identity settings');
