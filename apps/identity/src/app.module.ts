import { availableParallelism } from 'node:os';
import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { MessagingModule, userDataFeature } from '#messaging';
import { leadershipProviders, PersistenceModule } from '#persistence';
import { FieldCipher, fileStoreProvider } from '#platform';
import { AccountFactory } from './accounts/account-factory.js';
import { AccountRepository } from './accounts/account.repository.js';
import { AccountsRpcController } from './accounts/accounts.rpc.controller.js';
import { AccountsService } from './accounts/accounts.service.js';
import { AddressProof } from './accounts/address-proof.js';
import { NewcomersService } from './accounts/newcomers.service.js';
import { OwnerService } from './accounts/owner.service.js';
import { RegistrationService } from './accounts/registration.service.js';
import { UserAccessService } from './accounts/user-access.service.js';
import { AchievementRepository } from './achievements/achievement.repository.js';
import { AchievementsRpcController } from './achievements/achievements.rpc.controller.js';
import { AchievementsService } from './achievements/achievements.service.js';
import { ApiKeyRepository } from './api-keys/api-key.repository.js';
import { ApiKeysRpcController } from './api-keys/api-keys.rpc.controller.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { KeyEnds } from './api-keys/key-ends.js';
import { KeyUsage } from './api-keys/key-usage.js';
import { auditProviders } from './audit/audit.providers.js';
import { AuditRpcController } from './audit/audit.rpc.controller.js';
import { AvatarRepository } from './avatar/avatar.repository.js';
import { AvatarRpcController } from './avatar/avatar.rpc.controller.js';
import { AvatarShelf } from './avatar/avatar-shelf.js';
import { AvatarsService } from './avatar/avatars.service.js';
import { HumanCheck } from './captcha/human-check.js';
import type { IdentitySettings } from './config.js';
import { ConnectionRepository } from './connections/connection.repository.js';
import { ConnectionsRpcController } from './connections/connections.rpc.controller.js';
import { ConnectionsService } from './connections/connections.service.js';
import { PeopleRepository } from './connections/people.repository.js';
import { identitySchema } from './data-source.js';
import { EmployerCompaniesService } from './employer-companies/employer-companies.service.js';
import { EmployerCompanyRepository } from './employer-companies/employer-company.repository.js';
import { SignInCodeRepository } from './otp/sign-in-code.repository.js';
import { SignInCodesRpcController } from './otp/sign-in-codes.rpc.controller.js';
import { SignInCodesService } from './otp/sign-in-codes.service.js';
import { ExternalFlowRepository } from './external-identities/external-flow.repository.js';
import { ExternalFlowsService } from './external-identities/external-flows.service.js';
import { ExternalIdentitiesRpcController } from './external-identities/external-identities.rpc.controller.js';
import { ExternalIdentityRepository } from './external-identities/external-identity.repository.js';
import { ExternalProviders } from './external-identities/external-providers.js';
import { ExternalSignInService } from './external-identities/external-sign-in.service.js';
import { GoogleTokenService } from './external-identities/google-token.service.js';
import { LinkingService } from './external-identities/linking.service.js';
import { OidcClient } from './external-identities/oidc-client.js';
import { MailAllowance } from './mail/mail-allowance.js';
import { MailLinks } from './mail/mail-links.js';
import { OutgoingMail } from './mail/outgoing-mail.js';
import { EmailChangeService } from './mail-verification/email-change.service.js';
import { MailTokenRepository } from './mail-verification/mail-token.repository.js';
import { MailTokens } from './mail-verification/mail-tokens.js';
import { MailVerificationRpcController } from './mail-verification/mail-verification.rpc.controller.js';
import { MailVerificationService } from './mail-verification/mail-verification.service.js';
import { PasswordResetRpcController } from './password-reset/password-reset.rpc.controller.js';
import { PasswordResetService } from './password-reset/password-reset.service.js';
import { FactorDemand } from './mfa/factor-demand.js';
import { LostFactorService } from './mfa/lost-factor.service.js';
import { MfaRpcController } from './mfa/mfa.rpc.controller.js';
import { MfaSignInService } from './mfa/mfa-sign-in.service.js';
import { SecondFactorRepository } from './mfa/second-factor.repository.js';
import { SecondFactorService } from './mfa/second-factor.service.js';
import { TotpService } from './mfa/totp.service.js';
import { GoalProgressService } from './goals/goal-progress.service.js';
import { GoalRepository } from './goals/goal.repository.js';
import { GoalsRpcController } from './goals/goals.rpc.controller.js';
import { GoalsService } from './goals/goals.service.js';
import { MessageRepository } from './messages/message.repository.js';
import { MessagesRpcController } from './messages/messages.rpc.controller.js';
import { MessagesService } from './messages/messages.service.js';
import { PasskeyChallenges } from './passkeys/passkey-challenges.js';
import { PasskeyRepository } from './passkeys/passkey.repository.js';
import { PasskeySignInService } from './passkeys/passkey-sign-in.service.js';
import { PasskeysRpcController } from './passkeys/passkeys.rpc.controller.js';
import { PasskeysService } from './passkeys/passkeys.service.js';
import { WebAuthn } from './passkeys/webauthn.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { ReauthenticationService } from './passwords/reauthentication.service.js';
import { ProfileChanges } from './profile/profile-changes.js';
import { ProfileRepository } from './profile/profile.repository.js';
import { ProfileRpcController } from './profile/profile.rpc.controller.js';
import { ProfileService } from './profile/profile.service.js';
import { SkillRepository } from './profile/skill.repository.js';
import { SkillsService } from './profile/skills.service.js';
import { PublicProfileRepository } from './public-profile/public-profile.repository.js';
import { PublicProfileRpcController } from './public-profile/public-profile.rpc.controller.js';
import { PublicProfileSettingsService } from './public-profile/public-profile-settings.service.js';
import { PublicProfilesService } from './public-profile/public-profiles.service.js';
import { AccountLock } from './erasure/account-lock.js';
import { ErasureConsumer } from './erasure/erasure.consumer.js';
import { ErasureRepository } from './erasure/erasure.repository.js';
import { ErasureRpcController } from './erasure/erasure.rpc.controller.js';
import { ErasureSaga } from './erasure/erasure.saga.js';
import { ErasureService } from './erasure/erasure.service.js';
import { MyDataLinks } from './erasure/my-data-links.js';
import { MyDataSchedule } from './erasure/my-data.schedule.js';
import { PasswordProof } from './erasure/password-proof.js';
import { ProofOfPerson } from './erasure/proof-of-person.js';
import { ExportAssembler } from './user-data-export/export-assembler.js';
import { ExportLink } from './user-data-export/export-link.js';
import { ExportConsumer } from './user-data-export/export.consumer.js';
import { ExportRepository } from './user-data-export/export.repository.js';
import { ExportRpcController } from './user-data-export/export.rpc.controller.js';
import { ExportSaga } from './user-data-export/export.saga.js';
import { ExportService } from './user-data-export/export.service.js';
import { identityRetention } from './retention.js';
import { IdentitySecrets } from './secrets/identity-secrets.js';
import { Resealing } from './secrets/resealing.js';
import { AccessTokenIssuer } from './sessions/access-token.issuer.js';
import { SessionRepository } from './sessions/session.repository.js';
import { SessionsRpcController } from './sessions/sessions.rpc.controller.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AnswerFloor } from './sign-in/answer-floor.js';
import { PendingSteps } from './sign-in/pending-steps.js';
import { WaysIn } from './sign-in/ways-in.js';
import { SignInCompletion } from './sign-in/sign-in-completion.js';
import { SignInThrottle } from './sign-in/sign-in-throttle.js';
import { SignInRpcController } from './sign-in/sign-in.rpc.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { Throttle } from './sign-in/throttle.js';
import { ThrottleRepository } from './sign-in/throttle.repository.js';
import { SigningKeyRepository } from './signing-keys/signing-key.repository.js';
import { SigningKeysRpcController } from './signing-keys/signing-keys.rpc.controller.js';
import { SigningKeysService } from './signing-keys/signing-keys.service.js';
import { SETTINGS } from './tokens.js';
import { UserImportRpcController } from './user-import/user-import.rpc.controller.js';
import { UserImportService } from './user-import/user-import.service.js';

/** Accounts, sessions and profiles: who somebody is, and what he told about himself. */
@Module({})
export class IdentityModule {
  static register(settings: IdentitySettings): DynamicModule {
    const myData = userDataFeature(identitySchema);
    return {
      module: IdentityModule,
      imports: [
        PersistenceModule.forService(identitySchema, settings),
        MessagingModule.forService('identity', identityRetention(settings)),
        ScheduleModule.forRoot(),
      ],
      controllers: [
        AccountsRpcController,
        UserImportRpcController,
        SignInRpcController,
        SessionsRpcController,
        SigningKeysRpcController,
        ProfileRpcController,
        AchievementsRpcController,
        GoalsRpcController,
        AvatarRpcController,
        PublicProfileRpcController,
        ConnectionsRpcController,
        MessagesRpcController,
        AuditRpcController,
        MailVerificationRpcController,
        PasswordResetRpcController,
        SignInCodesRpcController,
        ApiKeysRpcController,
        ExternalIdentitiesRpcController,
        MfaRpcController,
        PasskeysRpcController,
        ErasureRpcController,
        ErasureConsumer,
        ExportRpcController,
        ExportConsumer,
        ...myData.controllers,
      ],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: IdentitySecrets, useFactory: () => new IdentitySecrets(settings.IDENTITY_KEY_SECRET) },
        {
          provide: FieldCipher,
          inject: [IdentitySecrets],
          useFactory: ({ formerSealKey }: IdentitySecrets) =>
            new FieldCipher(new Map([...settings.FIELD_KEYS, formerSealKey])),
        },
        fileStoreProvider(settings),
        { provide: PasswordHasher, useFactory: () => hasherOf(settings) },
        // accounts
        AccountRepository,
        AccountFactory,
        RegistrationService,
        AccountsService,
        UserAccessService,
        EmployerCompanyRepository,
        EmployerCompaniesService,
        UserImportService,
        OwnerService,
        PasswordsService,
        ReauthenticationService,
        AddressProof,
        NewcomersService,
        // letters
        MailAllowance,
        MailLinks,
        OutgoingMail,
        MailTokenRepository,
        MailTokens,
        MailVerificationService,
        EmailChangeService,
        PasswordResetService,
        // sign-in and sessions
        ThrottleRepository,
        Throttle,
        SignInThrottle,
        AnswerFloor,
        SignInCompletion,
        SignInCodeRepository,
        SignInCodesService,
        HumanCheck,
        PendingSteps,
        WaysIn,
        SecondFactorRepository,
        FactorDemand,
        SecondFactorService,
        TotpService,
        MfaSignInService,
        LostFactorService,
        PasskeyRepository,
        PasskeyChallenges,
        WebAuthn,
        PasskeysService,
        PasskeySignInService,
        ExternalProviders,
        OidcClient,
        ExternalFlowRepository,
        ExternalIdentityRepository,
        ExternalSignInService,
        ExternalFlowsService,
        GoogleTokenService,
        LinkingService,
        SignInService,
        SessionRepository,
        SessionsService,
        AccessTokenIssuer,
        SigningKeyRepository,
        SigningKeysService,
        // profile
        ProfileRepository,
        ProfileChanges,
        ProfileService,
        SkillRepository,
        SkillsService,
        // achievements and goals
        AchievementRepository,
        AchievementsService,
        GoalRepository,
        GoalsService,
        GoalProgressService,
        // pictures
        AvatarRepository,
        AvatarShelf,
        AvatarsService,
        // what others see, and who they are to each other
        PublicProfileRepository,
        PublicProfileSettingsService,
        PublicProfilesService,
        PeopleRepository,
        ConnectionRepository,
        ConnectionsService,
        // keys of programs
        ApiKeyRepository,
        KeyUsage,
        KeyEnds,
        ApiKeysService,
        MessageRepository,
        MessagesService,
        // security history
        ...auditProviders,
        // my data: export and erasure
        ErasureRepository,
        AccountLock,
        PasswordProof,
        ProofOfPerson,
        MyDataLinks,
        ErasureSaga,
        ErasureService,
        ExportRepository,
        ExportLink,
        ExportSaga,
        ExportAssembler,
        ExportService,
        ...leadershipProviders('identity', settings.DATABASE_URL),
        MyDataSchedule,
        Resealing,
        ...myData.providers,
      ],
      exports: [OwnerService, SigningKeysService],
    };
  }
}

const hasherOf = (settings: IdentitySettings): PasswordHasher =>
  new PasswordHasher({
    memoryKib: settings.PASSWORD_HASH_MEMORY_KIB,
    iterations: settings.PASSWORD_HASH_ITERATIONS,
    parallel: availableParallelism(),
    maxWaiting: settings.PASSWORD_HASH_QUEUE,
  });
