import { setTimeout as sleep } from 'node:timers/promises';
import { getScrapeRun, listScrapeRuns, type ScrapeRun, startScrape, SYSTEM_CALLER } from '#contracts';
import { newId } from '#kernel';
import type { OutgoingContext, RpcClient } from '#messaging';

/** The first run is watched this long; afterwards it goes on in the background. */
const FOREGROUND_MS = 60_000;
const POLL_MS = 500;
export const SAMPLE_FEED = 'sample-feed';

const asSystem = (): OutgoingContext => ({ caller: SYSTEM_CALLER, requestId: newId(), timeoutMs: 10_000 });

/** Nobody has fetched anything yet. */
export async function isFirstRun(rpc: RpcClient): Promise<boolean> {
  const { total } = await rpc.call(listScrapeRuns, { page: 1, per_page: 1 }, asSystem());
  return total === 0;
}

/** Starts a run of these sources (all that are on unless told) and follows it. Answers it as it stands at the end. */
export async function ingest(
  rpc: RpcClient,
  sources: string[] | undefined,
  onProgress: (run: ScrapeRun) => void,
): Promise<ScrapeRun> {
  const { job_id: runId } = await rpc.call(startScrape, sources === undefined ? {} : { sources }, asSystem());
  const patience = performance.now() + FOREGROUND_MS;
  for (;;) {
    const run = await rpc.call(getScrapeRun, { run_id: runId }, asSystem());
    onProgress(run);
    if (run.status === 'finished' || performance.now() > patience) return run;
    await sleep(POLL_MS);
  }
}

/** Every source failed to answer at all: this machine has no network, and the sample feed is better than nothing. */
export const nothingReached = (run: ScrapeRun): boolean =>
  run.status === 'finished' && run.sources.every((source) => source.fetched === 0 && source.outcome !== 'ok');
