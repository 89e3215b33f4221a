import { CoverLettersController } from './cover-letters.controller.js';

export const aiContentControllers = [CoverLettersController];
