import * as tf from '@tensorflow/tfjs-core';

/** The parts of the backend that programs and checks of this folder call. */
export interface Gpu {
  readonly tensorMap: { get(id: object): Stored | undefined };
  shouldExecuteOnCPU(tensors: readonly tf.TensorInfo[]): boolean;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: tf.TypedArray): tf.TensorInfo;
  disposeData(id: object): boolean;
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
  runWebGPUProgram(
    program: object,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: readonly { readonly type: 'int32'; readonly data: number[] }[],
  ): tf.TensorInfo;
}

/** What the backend keeps of a tensor: its values on the host, its buffer on the GPU, or both. */
interface Stored {
  readonly values?: tf.TypedArray | null;
  readonly resource?: GPUBuffer | null;
}

export interface Program {
  /** Names the code: programs of the same name and the same types have the same code. */
  readonly name: string;
  /** WGSL functions that the code calls. */
  readonly functions?: string;
  /** WGSL that computes `result[index]` from the arrays `A`, `B`, … */
  readonly code: string;
  readonly inputs: readonly tf.TensorInfo[];
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  /** Whole numbers that the code reads as `uniforms.name`. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/**
 * Runs a program of our own. It sees flat arrays in their own types, where the stock programs read every number as a
 * float32.
 */
export function runProgram(backend: unknown, program: Program): tf.TensorInfo {
  const { name, functions = '', code, inputs, shape, dtype, numbers = {} } = program;
  const gpu = backend as Gpu;
  const size = tf.util.sizeFromShape([...shape]);
  const flat = inputs.map(({ dataId, shape: of, dtype: type }) => ({
    dataId,
    shape: [tf.util.sizeFromShape(of)],
    dtype: type,
  }));
  const { dataId } = gpu.runWebGPUProgram(
    {
      variableNames: inputs.map((_, i) => letters[i]!),
      uniforms: Object.keys(numbers)
        .map((key) => `${key} : i32, `)
        .join(''),
      workgroupSize: [64, 1, 1],
      size: true,
      outputShape: [size],
      dispatchLayout: { x: [0] },
      dispatch: [Math.ceil(size / 64), 1, 1],
      shaderKey: `cantrip_${name}`,
      getUserCode: () => `${functions}
        fn main(index : i32) {
          if (index < uniforms.size) { ${code} }
        }`,
    },
    flat,
    dtype,
    Object.values(numbers).map((number) => ({ type: 'int32', data: [number] })),
  );
  return { dataId, shape: [...shape], dtype };
}

const letters = 'ABCD';

/** Whether a tensor's values are on the host alone, so that nothing has to wait for the GPU. */
export const isOnHost = (backend: unknown, { dataId }: tf.TensorInfo): boolean =>
  (backend as Gpu).tensorMap.get(dataId)?.values != null;
