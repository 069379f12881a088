import { CantripError } from '@cantrip/errors';
import { attributeTypes, type OpAttribute } from '../api/attributes.ts';
import type { Pointer } from '../api/c-api.ts';
import type { ExecuteOp } from './execute-op.ts';
import { check, type NativeLibrary } from '../api/native-library.ts';

/** What tfjs-node's JavaScript must know of a new tensor. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** TensorFlow's tensors under the numbers by which JavaScript knows them, so that one freed already is noticed. */
export interface TensorTable {
  readonly size: number;
  /** Takes over a handle, which gets a number. */
  keep(handle: Pointer): number;
  /** {@link keep}, with what JavaScript must know. */
  adopt(handle: Pointer): TensorMetadata;
  /** TensorFlow's own handle of a tensor, which stays the table's. */
  handleOf(id: number, who: string): Pointer;
  /** Shape and type of a tensor. */
  describe(id: number): Omit<TensorMetadata, 'id'>;
  /**
   * The handle of a variable of TensorFlow's that holds a tensor's value from now on: ops that change the variable
   * change the tensor, without a copy. It goes with the tensor.
   */
  resourceOf(id: number): Pointer;
  /**
   * Lets go of what was read of a tensor in a variable: before the variable is changed, so that this is done in place,
   * and afterwards, because it was read meanwhile. Nothing happens where the tensor is gone.
   */
  releaseReading(id: number): void;
  /** Gives a variable back what was last read of it; nothing happens where it was not read or is gone. */
  putBack(id: number): void;
  delete(id: number): void;
  clear(): void;
}

interface Entry {
  /** Absent where the value is in the variable and nobody has read it since it changed. */
  handle?: Pointer | undefined;
  variable?: { readonly resource: Pointer; readonly dtype: OpAttribute };
}

/** With this name every variable is another one, which goes with its last handle (`ResourceHandle::ANONYMOUS_NAME`). */
const anonymous = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

export function createTensorTable(library: NativeLibrary, execute: ExecuteOp): TensorTable {
  const { api, status } = library;
  const entries = new Map<number, Entry>();
  let nextId = 1;
  let closed = false;

  function entryOf(id: number, who: string): Entry {
    const entry = entries.get(id);
    if (entry === undefined) throw closed ? onClosed(who) : freed(id, who);
    return entry;
  }

  function keep(handle: Pointer): number {
    entries.set(nextId, { handle });
    return nextId++;
  }

  function describe(handle: Pointer): Omit<TensorMetadata, 'id'> {
    const rank = api.handleRank(handle, status);
    const shape = new Array<number>(rank);
    for (let axis = 0; axis < rank; axis++) shape[axis] = api.handleDim(handle, axis, status);
    return { shape, dtype: api.handleType(handle) };
  }

  function handleOf(id: number, who: string): Pointer {
    const entry = entryOf(id, who);
    return (entry.handle ??= read(entry.variable!));
  }

  /** What is read shares the variable's memory; TensorFlow copies before it changes what somebody else refers to. */
  function read({ resource, dtype }: NonNullable<Entry['variable']>): Pointer {
    return execute({ name: 'ReadVariableOp', attributes: [dtype], inputs: [resource], outputCount: 1 })[0]!;
  }

  function makeVariable(handle: Pointer): NonNullable<Entry['variable']> {
    const { shape, dtype: type } = describe(handle);
    const dtype = { name: 'dtype', type: attributeTypes.TF_ATTR_TYPE, value: type } as const;
    const device = api.handleDevice(handle, status);
    check(library, 'TFE_TensorHandleDeviceName');
    const [resource] = execute({
      name: 'VarHandleOp',
      attributes: [
        dtype,
        { name: 'shape', type: attributeTypes.TF_ATTR_SHAPE, value: shape },
        { name: 'shared_name', type: attributeTypes.TF_ATTR_STRING, value: anonymous },
      ],
      inputs: [],
      outputCount: 1,
      device,
    });
    const variable = { resource: resource!, dtype };
    assign(variable, handle);
    return variable;
  }

  function assign({ resource, dtype }: NonNullable<Entry['variable']>, handle: Pointer): void {
    execute({ name: 'AssignVariableOp', attributes: [dtype], inputs: [resource, handle], outputCount: 0 });
  }

  function releaseReading(id: number): void {
    const entry = entries.get(id);
    if (entry?.variable === undefined || entry.handle === undefined) return;
    api.deleteHandle(entry.handle);
    entry.handle = undefined;
  }

  function free({ handle, variable }: Entry): void {
    if (handle !== undefined) api.deleteHandle(handle);
    if (variable) api.deleteHandle(variable.resource);
  }

  return {
    get size() {
      return entries.size;
    },
    keep,
    adopt(handle) {
      const { shape, dtype } = describe(handle);
      return { id: keep(handle), shape, dtype };
    },
    handleOf,
    describe: (id) => describe(handleOf(id, 'describe')),
    resourceOf(id) {
      const entry = entryOf(id, 'resourceOf');
      return (entry.variable ??= makeVariable(entry.handle!)).resource;
    },
    releaseReading,
    putBack(id) {
      const { variable, handle } = entries.get(id) ?? {};
      if (variable && handle !== undefined) assign(variable, handle);
    },
    delete(id) {
      // What lay on a device that was closed is gone already.
      if (closed) return;
      free(entryOf(id, 'deleteTensor'));
      entries.delete(id);
    },
    clear() {
      closed = true;
      for (const entry of entries.values()) free(entry);
      entries.clear();
    },
  };
}

function onClosed(who: string): CantripError {
  return new CantripError('DEVICE_CLOSED', {
    who: 'tensorflow',
    what: `${who} was given a tensor of a device that was closed, where its values are gone`,
    fix: 'Make the tensor anew on the device that is open',
  });
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
