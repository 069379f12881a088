import { dataTypes } from '../../native/api/dtype.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import type { Constants } from '../graph/constants.ts';
import { type Graph, typeAttribute } from '../graph/graph.ts';
import type { Origin } from '../graph/origin.ts';

/** What is known of the tensors of a graph, by their numbers. */
export interface KnownTensors {
  readonly graph: Graph;
  readonly constants: Constants;
  originOf(id: number): Origin | undefined;
  outputOf(id: number): GraphOutput | undefined;
}

/** The gradient of a table that was computed from the gradients of some of its rows. All other rows are zero. */
export interface RowGradient {
  /** The numbers of the rows of each lookup, which may repeat, and how many there are. */
  readonly lookups: readonly Lookup[];
  /**
   * Does the same with fewer rows: the rows of each lookup are added at other places.
   *
   * @param places - for each lookup, the place of each of its rows
   * @param count - the number of rows of the result
   */
  compute(places: readonly GraphOutput[], count: GraphOutput): GraphOutput;
}

export interface Lookup {
  /** The tensor that was the index of `gather`. */
  readonly indicesId: number;
  /** The same numbers, in one axis. */
  readonly rows: GraphOutput;
  readonly count: number;
}

const sums: ReadonlySet<string> = new Set(['Add', 'AddV2', 'AddN']);

/**
 * Finds out whether a gradient is zero outside some rows: a sum of the gradients of lookups, maybe times a number.
 * Every value of a row is then computed by the same ops as in the whole gradient, so no bit differs.
 *
 * @returns undefined if the gradient came from anything else
 */
export function rowGradientOf(
  known: KnownTensors,
  id: number,
  shape: readonly [rows: number, width: number],
): RowGradient | undefined {
  const { graph, originOf, outputOf } = known;
  const shapeOf = (one: number): readonly number[] => graph.shapeOf(outputOf(one)!, 'gradient').shape;
  const isWhole = (one: number): boolean => shapeOf(one).join() === shape.join();
  const again = (one: number): RowGradient | undefined => rowGradientOf(known, one, shape);

  const origin = originOf(id);
  if (origin === undefined || 'constant' in origin || !isWhole(id)) return undefined;
  const { op, attributes, inputIds } = origin;
  if (op === 'UnsortedSegmentSum') return sumOfRows(known, inputIds);
  if (op === 'Reshape' || op === 'Identity') return again(inputIds[0]!);
  if (sums.has(op)) {
    const parts = inputIds.map(again);
    return parts.every((part) => part !== undefined)
      ? joined(parts, (terms) => graph.operation(op, attributes, terms)[0]!)
      : undefined;
  }
  if (op !== 'Mul') return undefined;
  const factor = inputIds.findIndex((one) => shapeOf(one).length === 0);
  const part = factor < 0 ? undefined : again(inputIds[1 - factor]!);
  return (
    part &&
    joined([part], ([sum]) => {
      const number = outputOf(inputIds[factor]!)!;
      return graph.operation(op, attributes, factor === 0 ? [number, sum!] : [sum!, number])[0]!;
    })
  );
}

function sumOfRows(
  { graph, originOf, outputOf }: KnownTensors,
  [valuesId, rowsId]: readonly number[],
): RowGradient | undefined {
  const [values, rows] = [outputOf(valuesId!)!, outputOf(rowsId!)!];
  const { shape } = graph.shapeOf(rows, 'rows');
  const reshaped = originOf(rowsId!);
  const indicesId =
    reshaped && 'op' in reshaped && reshaped.op === 'Reshape' ? reshaped.inputIds[0]! : rowsId!;
  return {
    lookups: [{ indicesId, rows, count: shape[0]! }],
    compute: ([places], count) => graph.operation('UnsortedSegmentSum', [], [values, places!, count])[0]!,
  };
}

function joined(
  parts: readonly RowGradient[],
  join: (sums: readonly GraphOutput[]) => GraphOutput,
): RowGradient {
  return {
    lookups: parts.flatMap(({ lookups }) => lookups),
    compute(places, count) {
      let next = 0;
      const sums = parts.map((part) =>
        part.compute(places.slice(next, (next += part.lookups.length)), count),
      );
      return join(sums);
    },
  };
}

/** The gradient of a table, row by row: each row once, with the sum of all its gradients. */
export interface DistinctRows {
  readonly rows: GraphOutput;
  readonly gradients: GraphOutput;
}

/** Computes the gradient of the rows that any lookup took. A row that several lookups took is listed once. */
export function distinctRows({ graph, constants }: KnownTensors, gradient: RowGradient): DistinctRows {
  const { lookups } = gradient;
  const whole = (values: readonly number[], shape: readonly number[]): GraphOutput =>
    constants(shape, dataTypes.TF_INT32, Int32Array.from(values));
  const integer = typeAttribute('out_idx', dataTypes.TF_INT32);
  const all =
    lookups.length === 1
      ? lookups[0]!.rows
      : graph.operation('ConcatV2', [], [...lookups.map(({ rows }) => rows), whole([0], [])])[0]!;
  const [rows, places] = graph.operation('Unique', [integer], [all]) as [GraphOutput, GraphOutput];
  const [count] = graph.operation('Size', [typeAttribute('out_type', dataTypes.TF_INT32)], [rows]);
  let from = 0;
  const placesOf = lookups.map(({ count: length }) => {
    if (lookups.length === 1) return places;
    const start = whole([from], [1]);
    from += length;
    return graph.operation('Slice', [], [places, start, whole([length], [1])])[0]!;
  });
  return { rows, gradients: gradient.compute(placesOf, count!) };
}
