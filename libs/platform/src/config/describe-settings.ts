import { showValue } from './read-settings.js';
import type { SettingKind, SettingsDefinition } from './setting.js';

export interface SettingDescription {
  name: string;
  type: SettingKind;
  expected: string;
  /** As one would write it; undefined where there is none. */
  default?: string;
  unit?: string;
  required: boolean;
  secret: boolean;
  description: string;
}

/** Every setting of a definition, for the configuration page and the doctor. */
export function describeSettings(definition: SettingsDefinition): SettingDescription[] {
  return Object.entries(definition).map(([name, spec]) => ({
    name,
    type: spec.kind,
    expected: spec.expected,
    default: spec.defaultValue === undefined ? undefined : showValue(spec.defaultValue, spec),
    unit: spec.unit,
    required: spec.defaultValue === undefined && !spec.optional,
    secret: spec.secret,
    description: spec.description,
  }));
}
