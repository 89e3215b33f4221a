export { API_KEY_PREFIX, makeApiKey, type NewApiKey, readApiKey } from './api-key.js';
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
