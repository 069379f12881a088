/** TensorFlow's numbers for the dtypes that TensorFlow.js uses (`tf_datatype.h`). */
export const dataTypes = {
  TF_FLOAT: 1,
  TF_INT32: 3,
  TF_UINT8: 4,
  TF_STRING: 7,
  TF_COMPLEX64: 8,
  TF_INT64: 9,
  TF_BOOL: 10,
  /** Exists inside a recording only. */
  TF_BFLOAT16: 14,
  TF_RESOURCE: 20,
  TF_UINT64: 23,
} as const;

/** The host array for the elements of a tensor. Complex numbers are pairs of floats. */
export type NumberArray = Float32Array | Int32Array | Uint8Array | BigInt64Array;

interface NumberLayout {
  readonly name: string;
  readonly create: (buffer: ArrayBuffer) => NumberArray;
  readonly from: (values: ArrayLike<number>) => NumberArray;
  readonly bytesPerElement: number;
}

const bytes = {
  create: (buffer: ArrayBuffer) => new Uint8Array(buffer),
  from: (values: ArrayLike<number>) => Uint8Array.from(values),
  bytesPerElement: 1,
};
const floats = {
  create: (buffer: ArrayBuffer) => new Float32Array(buffer),
  from: (values: ArrayLike<number>) => Float32Array.from(values),
};

/** The memory layout of each dtype, except string. */
export const numberLayouts: Readonly<Record<number, NumberLayout>> = {
  [dataTypes.TF_FLOAT]: { name: 'float32', ...floats, bytesPerElement: 4 },
  [dataTypes.TF_INT32]: {
    name: 'int32',
    create: (buffer) => new Int32Array(buffer),
    from: (values) => Int32Array.from(values),
    bytesPerElement: 4,
  },
  [dataTypes.TF_UINT8]: { name: 'uint8', ...bytes },
  [dataTypes.TF_COMPLEX64]: { name: 'complex64', ...floats, bytesPerElement: 8 },
  [dataTypes.TF_INT64]: {
    name: 'int64',
    create: (buffer) => new BigInt64Array(buffer),
    from: (values) => BigInt64Array.from(Array.from(values), BigInt),
    bytesPerElement: 8,
  },
  [dataTypes.TF_BOOL]: { name: 'bool', ...bytes },
  // A resource is a handle that only TensorFlow reads. Its bytes are for inspection only.
  [dataTypes.TF_RESOURCE]: { name: 'resource', ...bytes },
};
