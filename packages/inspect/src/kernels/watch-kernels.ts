import * as tf from '@tensorflow/tfjs-core';

/** One kernel that ran. */
export interface KernelRun {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
  /** The time of the kernel alone, without the kernels that it ran. */
  readonly milliseconds: number;
  /** The kernels that it ran. */
  readonly within: readonly KernelRun[];
}

interface KernelParams {
  /** Undefined for a function with a gradient of its own, which only runs kernels. */
  readonly kernelName?: string;
  readonly inputs: Readonly<Record<string, tf.Tensor | readonly tf.Tensor[] | undefined>>;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

interface Engine {
  runKernelFunc(params: KernelParams): tf.Tensor | tf.Tensor[];
}

/**
 * Calls `tell` for each kernel that runs from now on and that no other kernel runs. TensorFlow.js's own `tf.profile` counts
 * such kernels twice, because the time of the outer one contains theirs.
 *
 * @returns how to end that
 */
export function watchKernels(tell: (kernel: KernelRun) => void): () => void {
  const engine = tf.engine() as unknown as Engine;
  const { runKernelFunc } = engine;
  let open: { within: KernelRun[]; inside: number } | undefined;
  engine.runKernelFunc = (params) => {
    const outer = open;
    const own = { within: [] as KernelRun[], inside: 0 };
    open = own;
    const begun = performance.now();
    try {
      const outputs = runKernelFunc.call(engine, params);
      const took = performance.now() - begun;
      const ended = params.kernelName === undefined ? own.within : [kernelOf(params, outputs, took, own)];
      if (outer) outer.within.push(...ended);
      else ended.forEach(tell);
      if (outer) outer.inside += took;
      return outputs;
    } finally {
      open = outer;
    }
  };
  // Its class has the method.
  return () => void Reflect.deleteProperty(engine, 'runKernelFunc');
}

function kernelOf(
  { kernelName, inputs, attrs = {} }: KernelParams,
  outputs: tf.Tensor | tf.Tensor[],
  took: number,
  { within, inside }: { readonly within: readonly KernelRun[]; readonly inside: number },
): KernelRun {
  return {
    name: kernelName!,
    attributes: attrs,
    inputShapes: Object.values(inputs)
      .flat()
      .flatMap((one) => (one ? [one.shape] : [])),
    outputShapes: [outputs].flat().map(({ shape }) => shape),
    milliseconds: Math.max(0, took - inside),
    within,
  };
}
