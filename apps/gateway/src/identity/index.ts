import { AuthController } from './auth.controller.js';
import { UsersController } from './users.controller.js';

export const identityControllers = [AuthController, UsersController];
