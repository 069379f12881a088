import { cudaRuns } from './cuda-runs.ts';
import type { Run } from './run.ts';
import { webgpuRuns } from './webgpu-runs.ts';

const all: readonly Run[] = [...webgpuRuns, ...cudaRuns];

/**
 * What a machine that is there for half an hour should show, in this order: that both devices train at all, the steps
 * beside PyTorch, and what cudnn-tuner's modes do. Their limits add up to less than 30 minutes.
 */
export const firstRuns: readonly string[] = [
  'webgpu-mnist',
  'cuda-mnist',
  'cuda-resnet50-64',
  'cuda-steps-torch',
  'cuda-modes',
  'webgpu-steps',
  'cuda-uploads',
];

/** All that the kit shows, the most important first. */
export const runs: readonly Run[] = [
  ...firstRuns.map((first) => all.find(({ name }) => name === first)!),
  ...all.filter(({ name }) => !firstRuns.includes(name)),
];
