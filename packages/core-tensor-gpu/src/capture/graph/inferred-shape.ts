import { CantripError } from '@cantrip/errors';
import type { Pointer } from '../../native/api/c-api.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import { check, type NativeLibrary } from '../../native/api/native-library.ts';

/** The dtype and shape that TensorFlow infers for an output. */
export interface OutputShape {
  readonly shape: number[];
  readonly dtype: number;
}

/**
 * What TensorFlow infers for an output of a graph.
 *
 * @throws CantripError CAPTURE_SHAPE if a dimension of an op's first output depends on values
 */
export function inferredShape(
  library: NativeLibrary,
  graph: Pointer,
  output: GraphOutput,
  op: string,
): OutputShape {
  const { graph: api, status } = library;
  const rank = api.outputRank(graph, output, status);
  check(library, op);
  const dims = new BigInt64Array(Math.max(rank, 0));
  if (rank > 0) api.outputShape(graph, output, dims, rank, status);
  check(library, op);
  const shape = Array.from(dims, Number);
  const known = rank >= 0 && shape.every((dimension) => dimension >= 0);
  // Further outputs may be a kernel's workspace. Nothing reads their shape, so it is reported as empty.
  if (!known && output.index === 0) throw unknownShape(op);
  return { shape: known ? shape : [0], dtype: api.outputType(output) };
}

function unknownShape(op: string): CantripError {
  return new CantripError('CAPTURE_SHAPE', {
    who: 'capture',
    what: `the shape of the result of ${op} depends on values`,
    fix: 'Use an op whose result has the same shape for every batch, e.g. a mask instead of a selection',
  });
}
