import type { KeptTable } from '../retention/retention.js';
import { HOUR_MS } from './day-window.js';

/** An hour counts until it lies wholly outside the last 24. */
export const dailyUseRetention: KeptTable = {
  purpose: 'how much of what is capped for a day was used in each hour',
  until: 'sweep',
  sweeps: [{ since: 'hour', event: 'the hour began', keptMs: 26 * HOUR_MS }],
};
