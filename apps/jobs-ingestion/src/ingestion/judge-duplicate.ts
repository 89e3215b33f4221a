import type { Judge } from './domain/plan-batch.js';
export const judgeDuplicate: Judge = (layer) => ({ isSame: layer !== 'near', score: 1, evidence: {} });
