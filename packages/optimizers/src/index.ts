export type { NamedTensors, NamedVariables } from './named.ts';
export type { Optimizer, RunningOptimizer, Update } from './optimizer.ts';
