export { type FeatureState, formatFeatureState, isEnabledFor, parseFeatureState } from './feature-state.js';
export { type Feature, FEATURES, FeatureSwitches } from './feature-switches.js';
