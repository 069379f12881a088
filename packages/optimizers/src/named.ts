import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Variables by their parameter name, e.g. `conv2d_1/kernel`. */
export type NamedVariables = Readonly<Record<string, Variable>>;
