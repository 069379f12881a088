export type { RandomStream } from './random-stream.ts';
