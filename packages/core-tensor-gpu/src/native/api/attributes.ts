import { CantripError } from '@cantrip/errors';
import type { AttributeSetters, Pointer } from './c-api.ts';
import { dimensions } from './host-values.ts';
import { check, type NativeLibrary } from './native-library.ts';

/** TensorFlow's numbers for the kinds of attributes (`TF_AttrType`). */
export const attributeTypes = {
  TF_ATTR_STRING: 0,
  TF_ATTR_INT: 1,
  TF_ATTR_FLOAT: 2,
  TF_ATTR_BOOL: 3,
  TF_ATTR_TYPE: 4,
  TF_ATTR_SHAPE: 5,
} as const;

type Text = string | Uint8Array;
/** null is a shape of unknown rank, and -1 an unknown dimension. */
type Shape = readonly number[] | null;

/** A value or a list of them; a list of shapes is a list of lists. */
export type OpAttribute = { readonly name: string } & (
  | { readonly type: 0; readonly value: Text | readonly Text[] }
  | { readonly type: 1; readonly value: number | bigint | readonly number[] }
  | { readonly type: 2; readonly value: number | readonly number[] }
  | { readonly type: 3; readonly value: boolean | readonly boolean[] }
  | { readonly type: 4; readonly value: number | readonly number[] }
  | { readonly type: 5; readonly value: Shape | readonly Shape[] }
);

/** Gives an op, or a graph's operation under way, one of its attributes. */
export function setAttribute(
  library: NativeLibrary,
  op: Pointer,
  attribute: OpAttribute,
  api: AttributeSetters = library.api,
): void {
  const name = library.name(attribute.name);
  switch (attribute.type) {
    case attributeTypes.TF_ATTR_STRING:
      return setText(library, api, op, name, attribute.value);
    case attributeTypes.TF_ATTR_INT: {
      const { value } = attribute;
      return isList(value)
        ? api.setIntList(op, name, BigInt64Array.from(value, BigInt), value.length)
        : api.setInt(op, name, value);
    }
    case attributeTypes.TF_ATTR_FLOAT: {
      const { value } = attribute;
      return isList(value)
        ? api.setFloatList(op, name, Float32Array.from(value), value.length)
        : api.setFloat(op, name, value);
    }
    case attributeTypes.TF_ATTR_BOOL: {
      const { value } = attribute;
      return isList(value)
        ? api.setBoolList(op, name, Uint8Array.from(value, Number), value.length)
        : api.setBool(op, name, value ? 1 : 0);
    }
    case attributeTypes.TF_ATTR_TYPE: {
      const { value } = attribute;
      return isList(value)
        ? api.setTypeList(op, name, Int32Array.from(value), value.length)
        : api.setType(op, name, value);
    }
    case attributeTypes.TF_ATTR_SHAPE:
      return setShapes(library, api, op, attribute);
    default:
      throw unknownKind(attribute as { name: string; type: number });
  }
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function setText(
  { address }: NativeLibrary,
  api: AttributeSetters,
  op: Pointer,
  name: Pointer,
  value: Text | readonly Text[],
): void {
  if (!isList(value)) {
    const bytes = bytesOf(value);
    return api.setString(op, name, bytes, bytes.length);
  }
  const texts = value.map(bytesOf);
  const addresses = BigUint64Array.from(texts, address);
  api.setStringList(op, name, addresses, BigUint64Array.from(texts, sizeOf), texts.length);
}

function setShapes(
  library: NativeLibrary,
  api: AttributeSetters,
  op: Pointer,
  attribute: { readonly name: string; readonly value: Shape | readonly Shape[] },
): void {
  const { address, status } = library;
  const { value } = attribute;
  const name = library.name(attribute.name);
  if (isShapeList(value)) {
    const shapes = value.map((shape) => dimensions(shape ?? []));
    const addresses = BigUint64Array.from(shapes, address);
    api.setShapeList(op, name, addresses, Int32Array.from(value, rankOf), shapes.length, status);
  } else {
    api.setShape(op, name, dimensions(value ?? []), rankOf(value), status);
  }
  check(library, `attribute ${attribute.name}`);
}

function bytesOf(text: Text): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text;
}

function sizeOf(bytes: Uint8Array): bigint {
  return BigInt(bytes.length);
}

function rankOf(shape: Shape): number {
  return shape === null ? -1 : shape.length;
}

function isShapeList(value: Shape | readonly Shape[]): value is readonly Shape[] {
  return value !== null && value.some((item) => typeof item !== 'number');
}

function unknownKind({ name, type }: { readonly name: string; readonly type: number }): CantripError {
  return new CantripError('NATIVE_OP', {
    who: 'tensorflow',
    what: `attribute ${name} has the unknown kind ${type}`,
    fix: `Use one of ${Object.keys(attributeTypes).join(', ')}`,
  });
}
