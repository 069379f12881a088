import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { NativeLibrary } from '../api/native-library.ts';
import { readBuffer } from '../api/read-buffer.ts';

/** A kernel of an op, with the dtypes that it takes for each of its type attributes. */
export interface RegisteredKernel {
  /** `CPU`, `GPU` or another kind of device. */
  readonly device: string;
  readonly dtypes: Readonly<Record<string, readonly number[]>>;
}

const known = new Map<string, readonly RegisteredKernel[]>();

/** The kernels that TensorFlow has for an op. */
export function registeredKernels(library: NativeLibrary, op: string): readonly RegisteredKernel[] {
  const key = `${library.path} ${op}`;
  const kernels = known.get(key) ?? decodeList(readList(library, op));
  known.set(key, kernels);
  return kernels;
}

/** Whether a kernel of the op computes with a dtype on a kind of device. */
export function hasKernelFor(
  library: NativeLibrary,
  op: string,
  { device, dtype }: { readonly device: string; readonly dtype: number },
): boolean {
  return registeredKernels(library, op).some(
    (kernel) => kernel.device === device && (kernel.dtypes['T'] ?? [dtype]).includes(dtype),
  );
}

function readList(library: NativeLibrary, op: string): Uint8Array {
  return readBuffer(library, op, () => library.graph.getKernels(op, library.status));
}

/** `message KernelList { repeated KernelDef kernel = 1; }` */
function decodeList(bytes: Uint8Array): readonly RegisteredKernel[] {
  return messagesOf(bytes)
    .filter(([field]) => field === 1)
    .map(([, kernel]) => decodeKernel(kernel));
}

/** `message KernelDef { op = 1; device_type = 2; repeated AttrConstraint constraint = 3; … }` */
function decodeKernel(bytes: Uint8Array): RegisteredKernel {
  const fields = messagesOf(bytes);
  const text = (of: Uint8Array): string => new TextDecoder().decode(of);
  const device = fields.find(([field]) => field === 2)?.[1];
  const constraints = fields.filter(([field]) => field === 3).map(([, part]) => messagesOf(part));
  return {
    device: device ? text(device) : '',
    dtypes: Object.fromEntries(
      constraints.map((parts) => {
        const of = (wanted: number): Uint8Array =>
          parts.find(([field]) => field === wanted)?.[1] ?? new Uint8Array();
        return [text(of(1)), decodeTypes(of(2))];
      }),
    ),
  };
}

/** `message AttrValue { ListValue list = 1; … }` and `message ListValue { repeated DataType type = 6; … }` */
function decodeTypes(value: Uint8Array): readonly number[] {
  const list = messagesOf(value).find(([field]) => field === 1)?.[1];
  const packed = list && messagesOf(list).find(([field]) => field === 6)?.[1];
  if (!packed) return [];
  const reader = new BinaryReader(packed);
  const types: number[] = [];
  while (reader.pos < reader.len) types.push(reader.uint32());
  return types;
}

/** The fields of a message that hold bytes, by number. */
function messagesOf(bytes: Uint8Array): readonly (readonly [field: number, content: Uint8Array])[] {
  const reader = new BinaryReader(bytes);
  const fields: (readonly [number, Uint8Array])[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (wire === WireType.LengthDelimited) fields.push([field, reader.bytes()]);
    else reader.skip(wire, field);
  }
  return fields;
}
