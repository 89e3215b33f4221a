import { run } from './program.js';
import { processTerminal } from './terminal.js';

const interruption = new AbortController();
process.once('SIGINT', () => {
  // The first Ctrl-C ends in order; Node's own answer to the second ends at once.
  interruption.abort();
});
process.exitCode = await run(process.argv.slice(2), {
  terminal: processTerminal,
  env: process.env,
  interrupted: interruption.signal,
});
