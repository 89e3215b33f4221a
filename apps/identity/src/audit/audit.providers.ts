import type { Provider } from '@nestjs/common';
import type { Clock } from '#kernel';
import { Database } from '#persistence';
import { CLOCK, FieldCipher } from '#platform';
import { AuditKey } from './audit-key.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditSealRepository } from './audit-seal.repository.js';
import { AuditSealService } from './audit-seal.service.js';
import { AuditVerificationService } from './audit-verification.service.js';
import { AuditSchedule } from './audit.schedule.js';
import { AuditService } from './audit.service.js';

/** The security history: written by everybody here, sealed, and verified. */
export const auditProviders: Provider[] = [
  AuditSealRepository,
  {
    provide: AuditKey,
    inject: [Database, AuditSealRepository, FieldCipher, CLOCK],
    useFactory: (db: Database, seals: AuditSealRepository, cipher: FieldCipher, clock: Clock) =>
      AuditKey.open(db, seals, cipher, clock),
  },
  AuditLogRepository,
  AuditService,
  AuditSealService,
  AuditVerificationService,
  AuditSchedule,
];
