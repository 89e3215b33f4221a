import { AuthController } from './auth.controller.js';
import { AuthMailController } from './auth-mail.controller.js';
import { UsersController } from './users.controller.js';

export const identityControllers = [AuthController, AuthMailController, UsersController];
