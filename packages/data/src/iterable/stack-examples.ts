import type { HostBatch, HostTensor, HostTensors } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import { checkShape, checkValues, isRecord } from '../source/check-arrays.ts';

type ExamplePart = HostTensor['values'] | HostTensor | number;

/** One example: a typed array, `{ values, shape }` or a number each, or several by name. */
export interface Example {
  readonly inputs: ExamplePart | Readonly<Record<string, ExamplePart>>;
  readonly targets: ExamplePart | Readonly<Record<string, ExamplePart>>;
}

/** Puts examples together to a batch. `first` is the number of the first one, for messages. */
export function stackExamples(who: string, rows: readonly Example[], first: number): HostBatch {
  rows.forEach((row, at) => {
    const example: unknown = row;
    if (isRecord(example) && 'inputs' in example && 'targets' in example) return;
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `example ${first + at} must be { inputs, targets }, got ${describe(example)}`,
      fix: 'Yield { inputs: Float32Array.of(1, 2), targets: 0 }',
    });
  });
  const side = (name: 'inputs' | 'targets'): HostTensors =>
    stackSide(
      who,
      name,
      rows.map((row) => row[name]),
      first,
    );
  return { inputs: side('inputs'), targets: side('targets'), size: rows.length };
}

function stackSide(
  who: string,
  side: string,
  parts: readonly Example['inputs'][],
  first: number,
): HostTensors {
  const [model] = parts;
  if (!isNamed(model)) return stackOne(who, side, parts, first);
  const names = Object.keys(model);
  const other = parts.findIndex((part) => !isNamed(part) || String(Object.keys(part)) !== String(names));
  if (other !== -1)
    throw unlike(who, side, first + other, `has not the names ${names.join(', ')} of the first`);
  const of = (name: string): unknown[] =>
    parts.map((part) => (part as Readonly<Record<string, unknown>>)[name]);
  return Object.fromEntries(names.map((name) => [name, stackOne(who, `${side}.${name}`, of(name), first)]));
}

function stackOne(who: string, path: string, parts: readonly unknown[], first: number): HostTensor {
  const tensors = parts.map((part, at) => tensorOf(who, path, part, first + at));
  const [model] = tensors;
  const { values, shape } = model!;
  const Kind = values.constructor as new (length: number) => HostTensor['values'];
  const stacked = new Kind(values.length * tensors.length);
  tensors.forEach((tensor, at) => {
    if (tensor.values.constructor !== Kind || String(tensor.shape) !== String(shape)) {
      const kindOf = (one: HostTensor): string => `${one.values.constructor.name} [${one.shape.join(', ')}]`;
      throw unlike(
        who,
        path,
        first + at,
        `is ${kindOf(tensor)}, but the first of its batch is ${kindOf(model!)}`,
      );
    }
    stacked.set(tensor.values, at * values.length);
  });
  return { values: stacked, shape: [tensors.length, ...shape] };
}

function tensorOf(who: string, path: string, part: unknown, example: number): HostTensor {
  const where = `${path} of example ${example}`;
  if (typeof part === 'number') {
    if (Number.isInteger(part) && Math.abs(part) < 2 ** 31) return { values: Int32Array.of(part), shape: [] };
    throw unlike(
      who,
      path,
      example,
      `must be an int32 if it is a number, got ${part}; write Float32Array.of(${part})`,
    );
  }
  if (ArrayBuffer.isView(part)) {
    checkValues(where, part, who);
    return { values: part, shape: [part.length] };
  }
  const given = isRecord(part) ? part : {};
  checkValues(where, given['values'], who);
  const { values, shape } = given as unknown as HostTensor;
  if (Array.isArray(shape) && shape.length > 0) {
    checkShape(where, values, shape, who);
    return { values, shape };
  }
  throw unlike(who, path, example, `must have a shape, got ${describe(shape)}`);
}

function isNamed(part: unknown): part is Readonly<Record<string, unknown>> {
  return isRecord(part) && !('values' in part);
}

function unlike(who: string, path: string, example: number, what: string): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who,
    what: `${path} of example ${example} ${what}`,
    fix: 'Give all examples the same names, types and shapes',
  });
}
