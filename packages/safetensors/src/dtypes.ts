/** The element types that this package knows, by their names in the file. */
export type SafetensorsDtype =
  | 'BOOL'
  | 'U8'
  | 'I8'
  | 'I16'
  | 'U16'
  | 'F16'
  | 'BF16'
  | 'I32'
  | 'U32'
  | 'F32'
  | 'F64'
  | 'I64'
  | 'U64'
  | 'F8_E4M3'
  | 'F8_E5M2';

/**
 * The bytes of one element. The order is that of the reference implementation: its writer puts the types of a file in
 * the reverse of this order, so that each tensor begins at a multiple of its element's size.
 */
const bytesOfElement: ReadonlyMap<string, number> = new Map<SafetensorsDtype, number>([
  ['BOOL', 1],
  ['U8', 1],
  ['I8', 1],
  ['F8_E5M2', 1],
  ['F8_E4M3', 1],
  ['I16', 2],
  ['U16', 2],
  ['F16', 2],
  ['BF16', 2],
  ['I32', 4],
  ['U32', 4],
  ['F32', 4],
  ['F64', 8],
  ['I64', 8],
  ['U64', 8],
]);

const order: readonly string[] = [...bytesOfElement.keys()];

export function isDtype(name: unknown): name is SafetensorsDtype {
  return typeof name === 'string' && bytesOfElement.has(name);
}

/** All types, for an error. */
export const dtypesInWords: string = order.join(', ');

/** The place of a type in a written file: types with larger elements come first. */
export function placeOf(dtype: SafetensorsDtype): number {
  return -order.indexOf(dtype);
}

/** The most axes that a tensor may have, as in NumPy and PyTorch. */
export const mostAxes = 64;

/**
 * The number of bytes of a tensor, or undefined where it is not below 2^53. The sizes other than 0 count even beside a 0,
 * because NumPy and others multiply them for strides.
 */
export function byteLengthOf(dtype: SafetensorsDtype, shape: readonly number[]): number | undefined {
  let bytes = bytesOfElement.get(dtype)!;
  for (const size of shape) {
    // A product of two safe integers that is not safe itself is never rounded to a safe one.
    if (size !== 0) bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return shape.includes(0) ? 0 : bytes;
}
