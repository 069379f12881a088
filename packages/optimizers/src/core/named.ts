import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Variables by parameter name, e.g. `conv2d_1/kernel`. */
export type NamedVariables = Readonly<Record<string, Variable>>;

/** By parameter name, the name without the number that makes it unique. Only names with such a number are listed. */
export type ParameterRoles = Readonly<Record<string, string>>;
