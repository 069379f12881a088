import type { Variable } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { attributeTypes, type OpAttribute } from '../api/attributes.ts';
import type { Pointer } from '../api/c-api.ts';
import { dataTypes, type NumberArray } from '../api/dtype.ts';
import { type EagerContext, openContext } from './eager-context.ts';
import { opExecutor } from './execute-op.ts';
import { elementCount, numbersToTensor, tensorToNumbers } from '../api/host-values.ts';
import { check, type NativeLibrary } from '../api/native-library.ts';
import { type NoBfloat16, whyNoBfloat16On } from '../settings/bfloat16-support.ts';
import { deleteStringTensor, stringsToTensor, tensorToStrings } from '../api/strings.ts';
import { createTensorTable, type TensorMetadata, type TensorTable } from './tensor-table.ts';

export type { TensorMetadata } from './tensor-table.ts';

/** The functions that tfjs-node's JavaScript calls in its compiled addon. */
export interface EagerBinding extends Pick<
  TensorTable,
  'handleOf' | 'describe' | 'adopt' | 'resourceOf' | 'releaseReading' | 'putBack'
> {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: NumberArray | ArrayLike<number> | readonly Uint8Array[],
  ): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): NumberArray | Uint8Array[];
  /** The only function that passes ops to TensorFlow. Code that records or counts ops replaces it. */
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): TensorMetadata[];
  /**
   * Changes variables in place with a TensorFlow op whose first inputs they are (`ResourceApply…`). Returns false,
   * without a change, if one of them was assigned in the same step. It exists only while a step is recorded.
   */
  changeVariables?(
    name: string,
    attributes: readonly OpAttribute[],
    variables: readonly Variable[],
    inputIds: readonly number[],
  ): boolean;
  /**
   * Subtracts `rate * gradient` in place from the rows of a variable that the step has looked up, if the gradient came
   * from these lookups alone. Returns false, without a change, if not, or if the whole update takes no longer. It
   * exists only while a step is recorded.
   */
  descendRows?(variable: Variable, gradientId: number, rateId: number): boolean;
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
  readonly library: NativeLibrary;
  readonly context: EagerContext;
  /** Why the device is no faster in bfloat16; undefined if it is. */
  whyNoBfloat16(): NoBfloat16 | undefined;
  /** A context whose ops use one thread each. It shares tensors and variables with `context`. */
  oneThreadContext(): EagerContext;
  /** Frees every tensor and the context. */
  close(): void;
}

export type NativeBinding = EagerBinding & typeof dataTypes & typeof attributeTypes;

/** Creates the binding that runs ops in a context. */
export function eagerBinding(library: NativeLibrary, context: EagerContext): NativeBinding {
  const { api, status } = library;
  const execute = opExecutor(library, context);
  const table = createTensorTable(library, execute);
  const { handleOf, describe, adopt, resourceOf, releaseReading, putBack } = table;

  let oneThread: EagerContext | undefined;

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

  /**
   * Moves numbers to the device that runs the ops. int32 stays on the host, because GPU kernels expect shapes and
   * axes there.
   */
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

  /**
   * Copies a string tensor to TensorFlow and deletes ours. TensorFlow's copy owns its strings and frees them with
   * the last handle.
   */
  function createStrings(shape: readonly number[], strings: readonly Uint8Array[]): Pointer {
    if (strings.length !== elementCount(shape)) throw missingStrings(shape, strings.length);
    const tensor = stringsToTensor(library, shape, strings);
    const handle = toHandle(tensor);
    try {
      const type = { name: 'T', type: attributeTypes.TF_ATTR_TYPE, value: dataTypes.TF_STRING } as const;
      return execute({ name: 'DeepCopy', attributes: [type], inputs: [handle], outputCount: 1 })[0]!;
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
      table.keep(
        dtype === dataTypes.TF_STRING
          ? createStrings(shape, values as readonly Uint8Array[])
          : createNumbers(shape, dtype, values as NumberArray),
      ),
    deleteTensor: (id) => table.delete(id),
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
      execute({ name, attributes, inputs: inputIds.map((id) => handleOf(id, name)), outputCount }).map(adopt),
    getNumOfTensors: () => table.size,
    getNumOfSavedModels: () => 0,
    library,
    context,
    whyNoBfloat16() {
      const { type, name } = context.home;
      return whyNoBfloat16On(library, type === 'GPU' ? { index: Number(name.split(':').at(-1)) } : undefined);
    },
    oneThreadContext: () => (oneThread ??= openContext(library, { gpu: false, oneThread: true })),
    handleOf,
    describe,
    adopt,
    resourceOf,
    releaseReading,
    putBack,
    close() {
      table.clear();
      oneThread?.close();
      context.close();
    },
  };
}

function missingStrings(shape: readonly number[], got: number): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who: 'tensorflow',
    what: `a string tensor of shape [${shape.join(', ')}] needs ${elementCount(shape)} strings, got ${got}`,
    fix: 'Pass as many strings as the shape has elements',
  });
}
