import { compileSchema, DELIVERY_CONTENT_PLACE, DeliveryContent, type DeliveryContent as Content } from '#contracts';
import type { FieldCipher } from './field-cipher.js';
import { FieldCipherError } from './field-cipher.js';

const contentSchema = compileSchema(DeliveryContent);

/** The content of a `delivery.send` command as it may lie in an outbox and on the bus. */
export const sealDelivery = (cipher: FieldCipher, deliveryId: string, content: Content): string =>
  cipher.encrypt(JSON.stringify(content), { ...DELIVERY_CONTENT_PLACE, owner: deliveryId });

/** @throws FieldCipherError where the text is not what `sealDelivery` made for this delivery. */
export function openDelivery(cipher: FieldCipher, deliveryId: string, sealed: string): Content {
  const content: unknown = JSON.parse(cipher.decrypt(sealed, { ...DELIVERY_CONTENT_PLACE, owner: deliveryId }));
  if (!contentSchema.check(content)) throw new FieldCipherError('The content is not one of a delivery.');
  return content;
}
