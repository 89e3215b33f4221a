import { AchievementsController } from './achievements.controller.js';
import { ApiKeysController } from './api-keys.controller.js';
import { AuthController } from './auth.controller.js';
import { AuthExternalController } from './auth-external.controller.js';
import { AuthIdentitiesController } from './auth-identities.controller.js';
import { AuthMailController } from './auth-mail.controller.js';
import { AuthMfaController } from './auth-mfa.controller.js';
import { AuthOtpController } from './auth-otp.controller.js';
import { AuthPasskeysController } from './auth-passkeys.controller.js';
import { AvatarController } from './avatar.controller.js';
import { ConnectionsController } from './connections.controller.js';
import { GoalsController } from './goals.controller.js';
import { MessagesController } from './messages.controller.js';
import { MyDataController } from './my-data.controller.js';
import { PublicProfilesController } from './public-profiles.controller.js';
import { UsersController } from './users.controller.js';

export const identityControllers = [
  AuthController,
  AuthMailController,
  AuthOtpController,
  UsersController,
  AchievementsController,
  GoalsController,
  AvatarController,
  PublicProfilesController,
  ConnectionsController,
  ApiKeysController,
  MessagesController,
  AuthExternalController,
  AuthIdentitiesController,
  AuthMfaController,
  AuthPasskeysController,
  MyDataController,
];
