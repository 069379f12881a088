import * as tf from '@tensorflow/tfjs-core';
import { complexChecks } from './complex-numbers.ts';
import { fusedChecks } from './fused-addends.ts';
import type { Attributes, Inputs, KernelChecks, RunningEngine } from './kernel-checks.ts';

/**
 * Checks the inputs of some kernels before they run, the same on every device, op by op and captured. A second call has
 * no effect.
 */
export function checkKernels(): void {
  const engine = tf.engine() as unknown as RunningEngine;
  if (engine.runKernel.checked === true) return;
  const checks: KernelChecks = { ...complexChecks, ...fusedChecks };
  const runKernel = engine.runKernel.bind(engine);
  engine.runKernel = Object.assign(
    (kernel: string, inputs: Inputs, attrs?: Attributes) => {
      checks[kernel]?.(inputs, attrs ?? {}, engine);
      return runKernel(kernel, inputs, attrs);
    },
    { checked: true },
  );
}
