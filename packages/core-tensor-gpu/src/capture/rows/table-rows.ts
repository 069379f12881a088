import type { Variable } from '@tensorflow/tfjs-core';
import { isCompiling } from '../../native/ops/compiling.ts';
import type { OpAttribute } from '../../native/api/attributes.ts';
import { dataTypes } from '../../native/api/dtype.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import type { Layout, VariablePorts } from '../graph/variable-ports.ts';
import { distinctRows, type KnownTensors, rowGradientOf } from './row-gradient.ts';

/** A variable of a step, with its dtype and shape. */
export interface Table {
  readonly variable: Variable;
  readonly layout: Layout;
}

/** Reads and changes single rows of variables, so that a step does not touch the rest of a large table. */
export interface TableRows {
  /**
   * Replaces the `gather` of a variable's rows, which needs the whole variable.
   *
   * @param tableOf - the variable that holds a tensor
   * @returns undefined if the op is another one
   */
  gather(
    op: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    tableOf: (id: number) => Table | undefined,
  ): GraphOutput[] | undefined;
  /**
   * Subtracts `rate * gradient` from the rows in which the gradient is not zero by construction. No bit of the result
   * differs from the update of the whole table.
   *
   * @returns the table's new value; undefined if the gradient has other rows, or if that is not worth it
   */
  descend(table: Table, gradientId: number, rateId: number): GraphOutput | undefined;
}

/** A lookup must take at most this share of a table. For more rows, one pass over the table takes no longer. */
const largestShare = 1 / 2;

/** The size of an axis that is known only while the step runs. */
const anyNumber = -1;

/** @param usable - whether the device has all kernels for it */
export function createTableRows(
  known: KnownTensors,
  ports: Pick<VariablePorts, 'gather' | 'changeRows' | 'hasPassedOn'>,
  usable: boolean,
): TableRows {
  const { graph, originOf, outputOf } = known;
  /** The indices that TensorFlow compares with the size of the table. */
  const checked = new Map<Variable, Set<number>>();

  function isAlongRows(attributes: readonly OpAttribute[], axisId: number): boolean {
    const axis = originOf(axisId);
    const batchDims = attributes.find(({ name }) => name === 'batch_dims')?.value;
    return (
      axis !== undefined && 'constant' in axis && Number(axis.constant[2][0]) === 0 && Number(batchDims) === 0
    );
  }

  return {
    gather(op, attributes, [tableId, indicesId, axisId], tableOf) {
      if (!usable || op !== 'GatherV2' || isCompiling()) return undefined;
      const table = tableOf(tableId!);
      if (table?.layout.dtype !== dataTypes.TF_FLOAT || !isAlongRows(attributes, axisId!)) return undefined;
      const { variable, layout } = table;
      const indices = outputOf(indicesId!)!;
      const { shape } = graph.shapeOf(indices, op);
      const taken = ports.gather(variable, layout, indices, [...shape, ...layout.shape.slice(1)]);
      if (taken === undefined) return undefined;
      checked.set(variable, (checked.get(variable) ?? new Set()).add(indicesId!));
      return [taken];
    },
    descend({ variable, layout }, gradientId, rateId) {
      const { shape } = layout;
      if (!checked.has(variable) || shape.length !== 2 || ports.hasPassedOn(variable)) return undefined;
      const gradient = rowGradientOf(known, gradientId, shape as [number, number]);
      if (gradient === undefined) return undefined;
      const { lookups } = gradient;
      const taken = lookups.reduce((sum, { count }) => sum + count, 0);
      if (taken === 0 || taken > shape[0]! * largestShare) return undefined;
      if (!lookups.every(({ indicesId }) => checked.get(variable)!.has(indicesId))) return undefined;
      const { rows, gradients } = distinctRows(known, gradient);
      const change = graph.operation('Mul', [], [gradients, outputOf(rateId)!])[0]!;
      const before = ports.gather(variable, layout, rows, [anyNumber, shape[1]!])!;
      const after = graph.operation('Sub', [], [before, change])[0]!;
      // `ResourceScatterSub` would do both, one number after the other, in three times the time.
      return ports.changeRows('ResourceScatterUpdate', variable, layout, [rows, after]);
    },
  };
}
