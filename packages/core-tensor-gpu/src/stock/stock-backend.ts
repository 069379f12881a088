import * as tf from '@tensorflow/tfjs-core';

/** The backends of TensorFlow.js whose kernels are corrected here. */
export type StockName = 'cpu' | 'wasm';

/** The arguments of a kernel. */
export interface StockCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: unknown;
}

/** Values in the memory of a backend. */
export type Values = Float32Array | Int32Array | Uint8Array;

interface CpuBackend {
  readSync(dataId: tf.DataId): Values;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Values): tf.TensorInfo;
}

interface WasmBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): Values;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

const isWasm = (backend: unknown): backend is WasmBackend =>
  typeof (backend as Partial<WasmBackend>).typedArrayFromHeap === 'function';

/** Creates a new tensor, initially zeros, and calls `fill` to write it. Inputs are read in the given order. */
export function compute(
  { backend }: StockCall,
  inputs: readonly tf.TensorInfo[],
  shape: readonly number[],
  fill: (result: Values, ...values: Values[]) => void,
  dtype: tf.DataType = inputs[0]!.dtype,
): tf.TensorInfo {
  if (isWasm(backend)) {
    const result = backend.makeOutput([...shape], dtype);
    // Read after creating the new tensor, which may move the memory.
    const values = backend.typedArrayFromHeap(result);
    values.fill(0);
    fill(values, ...inputs.map((tensor) => backend.typedArrayFromHeap(tensor)));
    return result;
  }
  const { readSync, makeTensorInfo } = backend as CpuBackend;
  const given = inputs.map(({ dataId }) => readSync.call(backend, dataId));
  const values = tf.util.getTypedArrayFromDType(
    dtype as 'float32',
    tf.util.sizeFromShape([...shape]),
  ) as Values;
  fill(values, ...given);
  return makeTensorInfo.call(backend, [...shape], dtype, values);
}

type Refined = (call: StockCall, stock: tf.KernelFunc) => tf.TensorInfo | tf.TensorInfo[];

/** Replaces a kernel of a backend. The new kernel may call the old one. */
export function refineKernel(backendName: StockName, kernelName: string, refined: Refined): void {
  const stock = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  // Registering a kernel twice prints a warning.
  if (stock !== undefined) tf.unregisterKernel(kernelName, backendName);
  const own: tf.KernelFunc = stock?.kernelFunc ?? absent(kernelName, backendName);
  tf.registerKernel({
    ...stock,
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      refined({ inputs: inputs as StockCall['inputs'], attrs: attrs ?? {}, backend }, own),
  });
}

function absent(kernelName: string, backendName: string): tf.KernelFunc {
  return () => {
    throw new Error(`tfjs-backend-${backendName} has no kernel ${kernelName}`);
  };
}
