export {
  FieldCipher,
  FieldCipherError,
  fieldCipherSettings,
  type FieldKeys,
  type FieldPlace,
  generateFieldKey,
  parseFieldKeys,
} from './field-cipher.js';
export { openDelivery, sealDelivery } from './sealed-delivery.js';
