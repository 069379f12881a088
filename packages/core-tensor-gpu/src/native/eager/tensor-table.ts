import { CantripError } from '@cantrip/errors';
import { attributeTypes, type OpAttribute } from '../api/attributes.ts';
import type { Pointer } from '../api/c-api.ts';
import type { ExecuteOp } from './execute-op.ts';
import { check, type NativeLibrary } from '../api/native-library.ts';

/** The properties of a new tensor that tfjs-node's JavaScript needs. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** TensorFlow's tensors by the numbers that JavaScript uses. The use of a freed tensor is detected. */
export interface TensorTable {
  readonly size: number;
  /** Adds a handle, which the table then owns. Returns its number. */
  keep(handle: Pointer): number;
  /** Adds a handle like {@link keep}, and returns the properties that JavaScript needs. */
  adopt(handle: Pointer): TensorMetadata;
  /** TensorFlow's handle of a tensor. The table still owns it. */
  handleOf(id: number, who: string): Pointer;
  /** Shape and dtype of a tensor. */
  describe(id: number): Omit<TensorMetadata, 'id'>;
  /**
   * The handle of a TensorFlow variable that holds a tensor's value from now on. Ops that change the variable change
   * the tensor, without a copy. It is freed with the tensor.
   */
  resourceOf(id: number): Pointer;
  /**
   * Frees the value that was read from a tensor's variable. Call it before the variable is changed, so that it is
   * changed in place, and afterwards, because it may have been read in between. It does nothing if the tensor was
   * freed.
   */
  releaseReading(id: number): void;
  /**
   * Restores a variable to the value that was last read from it. It does nothing if the variable was not read or was
   * freed.
   */
  putBack(id: number): void;
  delete(id: number): void;
  clear(): void;
}

interface Entry {
  /** Missing if the variable holds the value and nobody has read it since it changed. */
  handle?: Pointer | undefined;
  variable?: { readonly resource: Pointer; readonly dtype: OpAttribute };
}

/**
 * With this name, every variable is a new one, which is freed with its last handle
 * (`ResourceHandle::ANONYMOUS_NAME`).
 */
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

  /**
   * Reads a variable. The value shares the variable's memory. TensorFlow copies it before it changes memory that is
   * shared.
   */
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
      // Tensors of a closed device were freed with it.
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
    what: `${who} got a tensor of a closed device, and its values are lost`,
    fix: 'Create the tensor again on the open device',
  });
}

function freed(id: number, who: string): CantripError {
  if (id < 0) return symbolic(who);
  return new CantripError('NATIVE_OP', {
    who: 'tensorflow',
    what: `${who} got tensor ${id}, which does not exist or was freed`,
    fix: 'Keep a tensor with tf.keep() while it is used',
  });
}

/** A recorder numbers the tensors of its graph downwards from -2. */
function symbolic(who: string): CantripError {
  return new CantripError('CAPTURE_SYMBOLIC', {
    who: 'capture',
    what: `${who} got a tensor that was created while a step was recorded; it has no value`,
    fix: 'Return it from the step, or assign it to a variable, instead of keeping it',
  });
}
