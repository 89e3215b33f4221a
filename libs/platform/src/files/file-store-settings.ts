import type { SettingProblem } from '../config/index.js';
import { defineSettings, setting, settingsCheck, type SettingsOf } from '../config/index.js';

/** Of the apps that keep files; beside DATA_DIR, which every app has. */
export const fileStoreSettings = defineSettings({
  FILE_STORE: setting.enum(['disk', 's3'], {
    default: 'disk',
    description: 'Where files of people lie: below DATA_DIR, or in a bucket of an S3-compatible store',
  }),
  FILE_STORE_SHARED: setting.boolean({
    default: false,
    description: 'With FILE_STORE=disk: DATA_DIR is one volume that all replicas mount (ReadWriteMany)',
  }),
  REPLICAS_MAX: setting.integer({
    default: 1,
    min: 1,
    description: 'Most processes of this app that run at a time; whoever starts more than one says so here',
  }),
  S3_ENDPOINT: setting.url({
    optional: true,
    description: 'Address of the S3-compatible store; that of AWS unless set',
  }),
  S3_REGION: setting.string({ default: 'us-east-1', maxLength: 64, description: 'Region requests are signed for' }),
  S3_BUCKET: setting.string({
    optional: true,
    maxLength: 255,
    description: 'Bucket the files lie in; it must be there',
  }),
  S3_ACCESS_KEY_ID: setting.string({
    optional: true,
    maxLength: 256,
    description: 'Who signs; without it whatever the AWS SDK finds (web identity, instance role)',
  }),
  S3_SECRET_ACCESS_KEY: setting.secret({ optional: true, description: 'Belongs to S3_ACCESS_KEY_ID' }),
  S3_FORCE_PATH_STYLE: setting.boolean({
    default: false,
    description: 'true where the bucket is named in the path and not in the host (MinIO, Garage, Ceph)',
  }),
});
export type FileStoreSettings = SettingsOf<typeof fileStoreSettings>;

/** What no single setting can see. */
export const fileStoreCheck = settingsCheck(fileStoreSettings, fileStoreProblems);

function fileStoreProblems(settings: FileStoreSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const missing = (variable: string, because: string): void => {
    const fix = `Set ${variable}.`;
    problems.push({ code: 'SETTING_MISSING', variable, expected: `a value, because ${because}`, fix });
  };
  if (settings.FILE_STORE === 's3') {
    if (settings.S3_BUCKET === undefined) missing('S3_BUCKET', 'FILE_STORE is s3');
    const { S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret } = settings;
    if (id === undefined && secret !== undefined) missing('S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY is set');
    if (id !== undefined && secret === undefined) missing('S3_SECRET_ACCESS_KEY', 'S3_ACCESS_KEY_ID is set');
  } else if (settings.REPLICAS_MAX > 1 && !settings.FILE_STORE_SHARED) {
    problems.push({
      code: 'SETTINGS_CONTRADICT',
      variable: 'FILE_STORE',
      got: `disk, with REPLICAS_MAX=${settings.REPLICAS_MAX}`,
      expected: 's3, or one replica: what one of them writes to its disk, the others do not find',
      fix: 'Set FILE_STORE=s3 and S3_BUCKET, or REPLICAS_MAX=1; or FILE_STORE_SHARED=true if DATA_DIR is one volume for all.',
    });
  }
  return problems;
}
