export * from './source.port.js';
export { SourceRegistry } from './source.registry.js';
export { sourceSettings, type SourceSettings } from './settings.js';
export { toPosting, type Origin, type PostingDraft } from './shared/posting-draft.js';
export { readPostings, type ImportLine } from './file-import/read-postings.js';
export { fromImported } from './file-import/from-imported.js';
