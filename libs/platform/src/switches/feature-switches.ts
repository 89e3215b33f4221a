import type { PlatformSettings } from '../config/index.js';
import { type FeatureState, isEnabledFor } from './feature-state.js';

const SETTING_OF = {
  ingestion: 'FEATURE_INGESTION',
  ai: 'FEATURE_AI',
  analytics: 'FEATURE_ANALYTICS',
  notifications: 'FEATURE_NOTIFICATIONS',
  recommendations: 'FEATURE_RECOMMENDATIONS',
} as const satisfies Record<string, keyof PlatformSettings>;
export type Feature = keyof typeof SETTING_OF;
export const FEATURES = Object.keys(SETTING_OF) as readonly Feature[];

/** Which parts of the product are on, for whom. */
export class FeatureSwitches {
  constructor(private readonly settings: Pick<PlatformSettings, (typeof SETTING_OF)[Feature]>) {}

  /** Without a user (schedules, anonymous callers) only `on` counts as on. */
  isOn(feature: Feature, userId?: string): boolean {
    return isEnabledFor(feature, this.state(feature), userId);
  }

  /** Whether it can be on for anybody, so whether its machinery has to run. */
  isOnForSomebody(feature: Feature): boolean {
    const state = this.state(feature);
    return state.mode === 'on' || (state.mode === 'rollout' && (state.percent > 0 || state.users.length > 0));
  }

  state(feature: Feature): FeatureState {
    return this.settings[SETTING_OF[feature]];
  }
}
