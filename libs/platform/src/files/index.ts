export { DiskFileStore } from './disk-file-store.js';
export { FileStore, type ListedFile, newFileId, type StoredFile } from './file-store.js';
export { fileStoreCheck, fileStoreSettings, type FileStoreSettings } from './file-store-settings.js';
export { type FilePlace, fileStoreProvider } from './open-file-store.js';
