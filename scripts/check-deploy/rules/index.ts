import type { ManifestSet } from '../manifest.js';
import { conventions } from './conventions.js';
import { files } from './files.js';
import { nats } from './nats.js';
import { network } from './network.js';
import { podSecurity } from './pod-security.js';
import { probes } from './probes.js';
import { references } from './references.js';
import type { Rule, Surroundings } from './rule.js';
import { scaling } from './scaling.js';
import { settings } from './settings.js';

export type { Surroundings } from './rule.js';

const RULES: readonly Rule[] = [podSecurity, probes, references, network, scaling, settings, files, nats, conventions];

/** Everything that is wrong with objects that are applied together. */
export const houseRules = (set: ManifestSet, surroundings: Surroundings): string[] =>
  RULES.flatMap((rule) => rule(set, surroundings));
