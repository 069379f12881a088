import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Variables by their parameter name, e.g. `conv2d_1/kernel`. */
export type NamedVariables = Readonly<Record<string, Variable>>;

/** What parameters are, by parameter name: the same without the number that makes a name unique; only where it has one. */
export type ParameterRoles = Readonly<Record<string, string>>;
