import { CantripError } from '@cantrip/errors';
import { attributeTypes, type OpAttribute, setAttribute } from './attributes.ts';
import type { Pointer } from './c-api.ts';
import { dataTypes, type NumberArray } from './dtype.ts';
import type { EagerContext } from './eager-context.ts';
import { elementCount, numbersToTensor, tensorToNumbers } from './host-values.ts';
import { check, type NativeLibrary } from './native-library.ts';
import { deleteStringTensor, stringsToTensor, tensorToStrings } from './strings.ts';

/** What tfjs-node's JavaScript must know of a new tensor. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The functions that tfjs-node's JavaScript asks of its compiled addon. */
export interface EagerBinding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: NumberArray | ArrayLike<number> | readonly Uint8Array[],
  ): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): NumberArray | Uint8Array[];
  /** The one way by which ops reach TensorFlow: whoever records or counts ops stands in for this function. */
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): TensorMetadata[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
  readonly library: NativeLibrary;
  readonly context: EagerContext;
  /** TensorFlow's own handle of a tensor, which stays the binding's. */
  handleOf(id: number, who: string): Pointer;
  /** Shape and type of a tensor. */
  describe(id: number): Omit<TensorMetadata, 'id'>;
  /** Takes over a handle, which becomes a tensor. */
  adopt(handle: Pointer): TensorMetadata;
  /** Gives a tensor the value of a handle, which is taken over, and frees the handle that it had. */
  exchange(id: number, handle: Pointer): void;
  /** Frees every tensor and the context. */
  close(): void;
}

export type NativeBinding = EagerBinding & typeof dataTypes & typeof attributeTypes;

/** Runs ops in a context. Tensors are numbered, so that one freed already is noticed instead of followed. */
export function eagerBinding(library: NativeLibrary, context: EagerContext): NativeBinding {
  const { api, status } = library;
  const handles = new Map<number, Pointer>();
  const count = new Int32Array(1);
  let outputs = new BigUint64Array(8);
  let nextId = 1;

  function handleOf(id: number, who: string): Pointer {
    const handle = handles.get(id);
    if (handle === undefined) throw freed(id, who);
    return handle;
  }

  function keep(handle: Pointer): number {
    handles.set(nextId, handle);
    return nextId++;
  }

  function describe(handle: Pointer): Omit<TensorMetadata, 'id'> {
    const rank = api.handleRank(handle, status);
    const shape = new Array<number>(rank);
    for (let axis = 0; axis < rank; axis++) shape[axis] = api.handleDim(handle, axis, status);
    return { shape, dtype: api.handleType(handle) };
  }

  function adopt(handle: Pointer): TensorMetadata {
    const { shape, dtype } = describe(handle);
    return { id: keep(handle), shape, dtype };
  }

  /** Runs an op over handles and returns the handles of its outputs. */
  function execute(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Pointer[],
    outputCount: number,
  ): Pointer[] {
    const op = api.newOp(context.pointer, library.name(name), status);
    check(library, name);
    try {
      for (const input of inputs) {
        api.addInput(op, input, status);
        check(library, name);
      }
      for (const attribute of attributes) setAttribute(library, op, attribute);
      if (outputs.length < outputCount) outputs = new BigUint64Array(outputCount);
      count[0] = outputCount;
      api.execute(op, outputs, count, status);
      check(library, name);
    } finally {
      api.deleteOp(op);
    }
    return Array.from(outputs.subarray(0, count[0]));
  }

  function toHandle(tensor: Pointer): Pointer {
    const handle = api.newHandle(tensor, status);
    check(library, 'TFE_NewTensorHandle');
    return handle;
  }

  function createNumbers(
    shape: readonly number[],
    dtype: number,
    values: NumberArray | ArrayLike<number>,
  ): Pointer {
    const tensor = numbersToTensor(library, shape, dtype, values);
    try {
      return toHome(toHandle(tensor), dtype);
    } finally {
      api.deleteTensor(tensor);
    }
  }

  /** Numbers live where the ops run; int32 stays on the host, because kernels for a GPU want shapes and axes there. */
  function toHome(handle: Pointer, dtype: number): Pointer {
    if (context.home.type === 'CPU' || dtype === dataTypes.TF_INT32) return handle;
    try {
      const moved = api.copyToDevice(handle, context.pointer, context.home.name, status);
      check(library, 'TFE_TensorHandleCopyToDevice');
      return moved;
    } finally {
      api.deleteHandle(handle);
    }
  }

  /** TensorFlow's own copy owns its strings and frees them with the last handle that shares them; ours is let go. */
  function createStrings(shape: readonly number[], strings: readonly Uint8Array[]): Pointer {
    if (strings.length !== elementCount(shape)) throw missingStrings(shape, strings.length);
    const tensor = stringsToTensor(library, shape, strings);
    const handle = toHandle(tensor);
    try {
      const type = { name: 'T', type: attributeTypes.TF_ATTR_TYPE, value: dataTypes.TF_STRING } as const;
      return execute('DeepCopy', [type], [handle], 1)[0]!;
    } finally {
      api.deleteHandle(handle);
      deleteStringTensor(library, tensor);
    }
  }

  return {
    ...dataTypes,
    ...attributeTypes,
    TF_Version: library.version,
    isUsingGpuDevice: () => context.home.type === 'GPU',
    createTensor: (shape, dtype, values) =>
      keep(
        dtype === dataTypes.TF_STRING
          ? createStrings(shape, values as readonly Uint8Array[])
          : createNumbers(shape, dtype, values as NumberArray),
      ),
    deleteTensor(id) {
      api.deleteHandle(handleOf(id, 'deleteTensor'));
      handles.delete(id);
    },
    tensorDataSync(id) {
      const tensor = api.resolveHandle(handleOf(id, 'tensorDataSync'), status);
      check(library, 'TFE_TensorHandleResolve');
      try {
        const isText = api.tensorType(tensor) === dataTypes.TF_STRING;
        return isText ? tensorToStrings(library, tensor) : tensorToNumbers(library, tensor);
      } finally {
        api.deleteTensor(tensor);
      }
    },
    executeOp: (name, attributes, inputIds, outputCount) =>
      execute(
        name,
        attributes,
        inputIds.map((id) => handleOf(id, name)),
        outputCount,
      ).map(adopt),
    getNumOfTensors: () => handles.size,
    getNumOfSavedModels: () => 0,
    library,
    context,
    handleOf,
    describe: (id) => describe(handleOf(id, 'describe')),
    adopt,
    exchange(id, handle) {
      api.deleteHandle(handleOf(id, 'exchange'));
      handles.set(id, handle);
    },
    close() {
      for (const handle of handles.values()) api.deleteHandle(handle);
      handles.clear();
      context.close();
    },
  };
}

function freed(id: number, who: string): CantripError {
  if (id < 0) return symbolic(who);
  return new CantripError('NATIVE_OP', {
    who: 'tensorflow',
    what: `${who} was given tensor ${id}, which does not exist or has been freed`,
    fix: 'Keep a tensor with tf.keep() for as long as it is used',
  });
}

/** A recorder numbers the tensors of its graph downwards. */
function symbolic(who: string): CantripError {
  return new CantripError('CAPTURE_SYMBOLIC', {
    who: 'capture',
    what: `${who} was given a tensor that was made while a step was recorded: it has no value`,
    fix: 'Return it from the step, or assign it to a variable, instead of keeping it',
  });
}

function missingStrings(shape: readonly number[], got: number): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who: 'tensorflow',
    what: `a string tensor of shape [${shape.join(', ')}] needs ${elementCount(shape)} strings, got ${got}`,
    fix: 'Give as many strings as the shape has elements',
  });
}
