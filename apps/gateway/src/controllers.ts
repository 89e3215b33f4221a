import type { Type } from '@nestjs/common';

/** The doors of the services, one list per folder. */
export const serviceControllers: Type[] = [];
