export { checkpointName } from './format/checkpoint-name.ts';
export {
  type FoundCheckpoint,
  newestCheckpoint,
  type Newest,
  type PassedOver,
} from './format/newest-checkpoint.ts';
export { type FolderOwner, ownFolder } from './format/own-folder.ts';
export { pruneCheckpoints, type PruneOptions } from './format/prune-checkpoints.ts';
export { readCheckpoint } from './format/read-checkpoint.ts';
export type { SavedRun } from './format/content/saved-run.ts';
export { writeCheckpoint, type WrittenCheckpoint } from './format/write-checkpoint.ts';
export { checkpoint, type CheckpointApi, type CheckpointState } from './plugin/checkpoint.ts';
export type { BestFigure, CheckpointOptions } from './plugin/checkpoint-options.ts';
export type { Every } from './plugin/when-to-save.ts';
