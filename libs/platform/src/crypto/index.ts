export {
  FieldCipher,
  FieldCipherError,
  fieldCipherSettings,
  type FieldKeys,
  type FieldPlace,
  generateFieldKey,
  parseFieldKeys,
} from './field-cipher.js';
