import type { LiveRun } from '../live-run.ts';
import type { ModelContext } from '../plugins/run.ts';
import { modelRandom, randomTensors } from './random-tensors.ts';

/**
 * What a model is told when it predicts or is evaluated. A function that draws even then (Monte Carlo dropout) draws
 * the same for as long as the run stands at its step, and nothing that training draws.
 */
export function inference({ run, position }: LiveRun): ModelContext {
  const random = randomTensors({ seed: run.seed, step: position.step });
  return { training: false, random: modelRandom(random, 'inference') };
}
