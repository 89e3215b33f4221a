/** Injection tokens of things that are not classes. */
export const GATEWAY_SETTINGS = Symbol('GATEWAY_SETTINGS');
