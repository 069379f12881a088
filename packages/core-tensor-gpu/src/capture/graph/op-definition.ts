import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Pointer } from '../../native/api/c-api.ts';
import type { NativeLibrary } from '../../native/api/native-library.ts';
import { readBuffer } from '../../native/api/read-buffer.ts';

/** One argument of an op: a tensor, or a list whose length is an attribute. */
export interface OpInput {
  readonly name: string;
  /** The attributes that TensorFlow infers from the inputs: dtype, number of tensors, dtypes of a list. */
  readonly inferred: readonly string[];
  /** The attribute that holds the list's length or dtypes; missing for a single tensor. */
  readonly listAttribute?: string;
}

/** The definition of an op in TensorFlow's registry. */
export interface OpDefinition {
  readonly inputs: readonly OpInput[];
  /** Whether the result depends on more than the inputs: the op draws, counts, reads a file or waits. */
  readonly stateful: boolean;
}

const known = new Map<string, OpDefinition>();

/**
 * Reads the definition of an op from TensorFlow's registry.
 *
 * @throws CantripError NATIVE_OP if the op does not exist
 */
export function opDefinition(library: NativeLibrary, graph: Pointer, op: string): OpDefinition {
  const definition = known.get(op) ?? decode(readDefinition(library, graph, op));
  known.set(op, definition);
  return definition;
}

function readDefinition(library: NativeLibrary, graph: Pointer, op: string): Uint8Array {
  const { graph: api, status } = library;
  return readBuffer(library, op, () => {
    const buffer = api.newBuffer();
    api.getOpDef(graph, op, buffer, status);
    return buffer;
  });
}

/** `message OpDef { name = 1; input_arg = 2; output_arg = 3; attr = 4; … is_stateful = 17; }` */
function decode(bytes: Uint8Array): OpDefinition {
  const reader = new BinaryReader(bytes);
  const inputs: OpInput[] = [];
  let stateful = false;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 2 && wire === WireType.LengthDelimited) inputs.push(decodeInput(reader.bytes()));
    else if (field === 17 && wire === WireType.Varint) stateful = reader.bool();
    else reader.skip(wire, field);
  }
  return { inputs, stateful };
}

/** `message ArgDef { name = 1; description = 2; type = 3; type_attr = 4; number_attr = 5; type_list_attr = 6; }` */
function decodeInput(bytes: Uint8Array): OpInput {
  const reader = new BinaryReader(bytes);
  let name = '';
  const inferred: string[] = [];
  let listAttribute: string | undefined;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) name = reader.string();
    else if (field === 4) inferred.push(reader.string());
    else if (field === 5 || field === 6) inferred.push((listAttribute = reader.string()));
    else reader.skip(wire, field);
  }
  return listAttribute ? { name, inferred, listAttribute } : { name, inferred };
}
