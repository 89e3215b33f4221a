import { type DynamicModule, Module } from '@nestjs/common';
import type { Clock } from '#kernel';
import { MessagingModule, userDataFeature } from '#messaging';
import { PersistenceModule } from '#persistence';
import { CLOCK, FieldCipher, Logger } from '#platform';
import type { NotificationsSettings } from './config.js';
import { notificationsSchema } from './data-source.js';
import { DeliveryConsumer } from './delivery/delivery.consumer.js';
import { DeliveryLoop } from './delivery/delivery.loop.js';
import { Resealing } from './resealing.js';
import { DeliveryRepository } from './delivery/delivery.repository.js';
import { DeliveryService } from './delivery/delivery.service.js';
import { LocalMailRepository } from './delivery/local-mail.repository.js';
import { LocalOutboxChannel } from './delivery/local-outbox.channel.js';
import { LocalOutboxRpcController } from './delivery/local-outbox.rpc.controller.js';
import { LocalOutboxService } from './delivery/local-outbox.service.js';
import { MailChannel } from './delivery/mail-channel.js';
import { SmtpChannel } from './delivery/smtp.channel.js';
import { InboxConsumer } from './inbox/inbox.consumer.js';
import { InboxRpcController } from './inbox/inbox.rpc.controller.js';
import { InboxService } from './inbox/inbox.service.js';
import { NotificationRepository } from './inbox/notification.repository.js';
import { notificationsRetention } from './retention.js';
import { webhooksFeature } from './webhooks/webhooks.feature.js';

/** What people are told: in the product, by mail, and their programs by webhook. */
@Module({})
export class NotificationsModule {
  static register(settings: NotificationsSettings): DynamicModule {
    const myData = userDataFeature(notificationsSchema);
    const webhooks = webhooksFeature(settings);
    return {
      module: NotificationsModule,
      imports: [
        PersistenceModule.forService(notificationsSchema, settings),
        MessagingModule.forService('notifications', notificationsRetention(settings)),
      ],
      controllers: [
        InboxRpcController,
        InboxConsumer,
        DeliveryConsumer,
        LocalOutboxRpcController,
        ...webhooks.controllers,
        ...myData.controllers,
      ],
      providers: [
        { provide: FieldCipher, useFactory: () => new FieldCipher(settings.FIELD_KEYS) },
        // in the product
        InboxService,
        NotificationRepository,
        // by mail
        mailChannel(settings),
        DeliveryRepository,
        DeliveryService,
        DeliveryLoop,
        Resealing,
        LocalMailRepository,
        LocalOutboxService,
        // by webhook
        ...webhooks.providers,
        // export and erasure
        ...myData.providers,
      ],
    };
  }
}

const mailChannel = (settings: NotificationsSettings) => ({
  provide: MailChannel,
  inject: [LocalMailRepository, FieldCipher, CLOCK, Logger],
  useFactory: (mails: LocalMailRepository, cipher: FieldCipher, clock: Clock, logger: Logger): MailChannel =>
    settings.SMTP_HOST === undefined
      ? new LocalOutboxChannel(mails, cipher, clock, logger.for('mail'))
      : new SmtpChannel(settings.SMTP_HOST, settings, logger.for('mail')),
});
