import { cudaRuns } from './cuda-runs.ts';
import type { Run } from './run.ts';
import { webgpuRuns } from './webgpu-runs.ts';

/** All that the kit shows. WebGPU comes first: it needs two parts alone. */
export const runs: readonly Run[] = [...webgpuRuns, ...cudaRuns];
