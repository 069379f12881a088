export { progress } from './progress.ts';
export type { ProgressOptions, ProgressStream } from './progress-options.ts';
