import { createInterface } from 'node:readline';
import autocannon, { type Request, type Result } from 'autocannon';
import type { LoadPlan, LoadResult } from './load.js';

/** Waits for plans on standard input, one JSON line each; stays alive so that its own code is warm in every round. */
for await (const line of createInterface({ input: process.stdin })) {
  const plan = JSON.parse(line) as LoadPlan;
  process.stdout.write(`result ${JSON.stringify(await run(plan))}\n`);
}

function run(plan: LoadPlan): Promise<LoadResult> {
  const requests: Request[] = plan.requests.map(({ path, body }) =>
    body === undefined
      ? { method: 'GET', path, headers: { ...plan.headers } }
      : {
          method: 'POST',
          path,
          headers: { ...plan.headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
  );
  let lastAnswer = 0;
  let clients = 0;
  return new Promise((resolve, reject) => {
    const instance = autocannon(
      {
        url: plan.url,
        connections: plan.connections,
        requests,
        ...(plan.amount === undefined ? { duration: plan.seconds } : { amount: plan.amount }),
        // Every connection begins elsewhere in the list, so that together they ask all of it.
        setupClient: (client) => {
          const from = Math.round((clients++ % plan.connections) * (requests.length / plan.connections));
          client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
        },
      },
      (error, result) => (error === null ? resolve(summary(result)) : reject(error)),
    );
    instance.on('response', () => (lastAnswer = Date.now()));
  });

  function summary(result: Result): LoadResult {
    const { non2xx, errors, timeouts, latency } = result;
    const answered = result['2xx'];
    // Autocannon notices the end of an amount a little late; the last answer is the end.
    const seconds = plan.amount === undefined ? result.duration : (lastAnswer - result.start.getTime()) / 1000;
    return {
      perSecond: answered / seconds,
      answered,
      failed: non2xx + errors + timeouts,
      p50: latency.p50,
      p99: latency.p99,
    };
  }
}
