/** Loaded beside the app: SIGUSR2 collects the garbage, so that memory at rest can be told from what waits for that. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
});
