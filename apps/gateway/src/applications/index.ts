import { ApplicationsController } from './applications.controller.js';

export const applicationsControllers = [ApplicationsController];
