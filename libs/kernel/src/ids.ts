import { v7 } from 'uuid';

/** A UUIDv7: sortable by creation time, so B-tree inserts stay at the right edge. */
export const newId = (): string => v7();
