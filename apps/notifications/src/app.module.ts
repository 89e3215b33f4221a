import { type DynamicModule, Module } from '@nestjs/common';
import { MessagingModule } from '#messaging';
import { PersistenceModule } from '#persistence';
import { FieldCipher } from '#platform';
import type { NotificationsSettings } from './config.js';
import { notificationsSchema } from './data-source.js';
import { InboxConsumer } from './inbox/inbox.consumer.js';
import { InboxRpcController } from './inbox/inbox.rpc.controller.js';
import { InboxService } from './inbox/inbox.service.js';
import { NotificationRepository } from './inbox/notification.repository.js';

@Module({})
export class NotificationsModule {
  static register(settings: NotificationsSettings): DynamicModule {
    return {
      module: NotificationsModule,
      imports: [
        PersistenceModule.forService(notificationsSchema, settings),
        MessagingModule.forService('notifications'),
      ],
      controllers: [InboxRpcController, InboxConsumer],
      providers: [
        { provide: FieldCipher, useFactory: () => new FieldCipher(settings.FIELD_KEYS) },
        InboxService,
        NotificationRepository,
      ],
    };
  }
}
