export { DiskFileStore } from './disk-file-store.js';
export { FileStore, type StoredFile } from './file-store.js';
