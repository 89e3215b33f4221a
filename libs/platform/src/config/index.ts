export { describeSettings, type SettingDescription } from './describe-settings.js';
export { EXIT_BAD_CONFIGURATION, formatSettingsError, loadAllSettings, loadSettings } from './load-settings.js';
export { platformSettings, type PlatformSettings } from './platform-settings.js';
export {
  type Environment,
  readAllSettings,
  readSettings,
  SETTING_PROBLEMS,
  type SettingProblem,
  type SettingProblemCode,
  type SettingsCheck,
  settingsCheck,
  SettingsError,
  type SettingsPart,
  settingsWarnings,
} from './read-settings.js';
export {
  defineSettings,
  formatDuration,
  NotAccepted,
  setting,
  type Setting,
  type SettingKind,
  type SettingsDefinition,
  type SettingsOf,
} from './setting.js';
