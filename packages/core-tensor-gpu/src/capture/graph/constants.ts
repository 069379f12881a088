import { CantripError } from '@cantrip/errors';
import { dataTypes, type NumberArray } from '../../native/api/dtype.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import { numbersToTensor } from '../../native/api/host-values.ts';
import type { NativeLibrary } from '../../native/api/native-library.ts';
import { fingerprint } from './fingerprint.ts';
import type { Graph } from './graph.ts';

/** Adds host numbers to a graph as constants. */
export type Constants = (
  shape: readonly number[],
  dtype: number,
  values: NumberArray | ArrayLike<number> | readonly Uint8Array[],
) => GraphOutput;

/** A step uses the same few numbers (axes, factors) many times. Each becomes one constant. */
export function createConstants(library: NativeLibrary, graph: Graph): Constants {
  const literals = new Map<string, GraphOutput>();

  function make(shape: readonly number[], dtype: number, values: NumberArray): GraphOutput {
    const tensor = numbersToTensor(library, shape, dtype, values);
    try {
      return graph.constant(dtype, tensor, `${shape.join()} ${contentOf(values)}`);
    } finally {
      library.api.deleteTensor(tensor);
    }
  }

  return (shape, dtype, given) => {
    if (dtype === dataTypes.TF_STRING) throw textRefused();
    const values = given as NumberArray;
    const key = values.length <= 8 ? `${dtype} ${shape.join()} ${exactly(values)}` : '';
    const output = literals.get(key) ?? make(shape, dtype, values);
    if (key) literals.set(key, output);
    return output;
  };
}

/** Describes host values as a text of limited length. */
export function contentOf(values: unknown): string {
  if (ArrayBuffer.isView(values)) return fingerprint(values as NumberArray);
  return fingerprint(Array.isArray(values) ? values.map(String).join() : String(values));
}

/** Numbers as text. 0 and -0 differ. */
function exactly(values: NumberArray): string {
  const text = (value: number | bigint): string => (Object.is(value, -0) ? '-0' : String(value));
  return Array.from(values as ArrayLike<number | bigint>, text).join();
}

function textRefused(): CantripError {
  return new CantripError('CAPTURE_UNSUPPORTED', {
    who: 'capture',
    what: 'the step creates a string tensor',
    fix: 'Create strings on the host side, in an on… hook',
  });
}
