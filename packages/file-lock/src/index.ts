export type { LockHolder } from './lock-holder.ts';
export { ownerIsGone, ownerLiveness, ownerTag } from './owner-tag.ts';
export type { Liveness, ProcessIdentity } from './process-identity.ts';
export { readOrdinaryFile } from './read-ordinary-file.ts';
export { syncFolder } from './sync-folder.ts';
export { type Busy, type Lock, tryLock } from './try-lock.ts';
export { type WrittenFile, writeSynced } from './write-synced.ts';
