import { SCHEMA_OF, SERVICES, type ServiceName } from '#contracts';
import { defineSettings, fieldCipherSettings, setting, type Setting } from '#platform';

/** Name of the variable with the password of a service's role: DATABASE_PASSWORD_JOBS for jobs-ingestion. */
export const rolePasswordVariable = (service: ServiceName): string =>
  `DATABASE_PASSWORD_${SCHEMA_OF[service].toUpperCase()}`;

/** What decides how the other variables of the migration are read. */
export const migrateModeSettings = defineSettings({
  NODE_ENV: setting.enum(['development', 'test', 'production'], {
    default: 'development',
    description: 'production refuses sample secrets',
  }),
  DATABASE_SINGLE_ROLE: setting.boolean({
    default: false,
    description:
      'One login for all services, for databases where roles cannot be created; nothing keeps a service out of the data of another',
  }),
});

const adminSettings = defineSettings({
  DATABASE_ADMIN_URL: setting.url({
    schemes: ['postgres', 'postgresql'],
    secret: true,
    description: 'PostgreSQL with a login that may create schemas, extensions and roles',
  }),
});

export const resealSettings = defineSettings({
  NODE_ENV: migrateModeSettings.NODE_ENV,
  ...adminSettings,
  ...fieldCipherSettings,
});

/** Without roles of their own the services need no passwords. */
export const migrateSettings = (singleRole: boolean) =>
  defineSettings({
    ...migrateModeSettings,
    ...adminSettings,
    ...rolePasswords(singleRole),
  });

function rolePasswords(optional: boolean): Record<string, Setting<string | undefined>> {
  return Object.fromEntries(
    SERVICES.map((service) => {
      const description = `Password the role of ${service} gets; it is in the DATABASE_URL of that service`;
      return [rolePasswordVariable(service), setting.secret({ optional, description })];
    }),
  );
}
