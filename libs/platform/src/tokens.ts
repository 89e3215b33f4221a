/** Injection tokens of things that are not classes. */
/** `Clock` of #kernel. */
export const CLOCK = Symbol('CLOCK');
/** Name of the process: an app, or `standalone`. */
export const APP_NAME = Symbol('APP_NAME');
export const APP_VERSION = Symbol('APP_VERSION');
export const PLATFORM_SETTINGS = Symbol('PLATFORM_SETTINGS');
