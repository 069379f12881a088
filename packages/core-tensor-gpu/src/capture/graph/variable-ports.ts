import type * as tf from '@tensorflow/tfjs-core';
import { attributeTypes, type OpAttribute } from '../../native/api/attributes.ts';
import type { Pointer } from '../../native/api/c-api.ts';
import { dataTypes } from '../../native/api/dtype.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import type { Constants } from './constants.ts';
import { type Graph, shapeAttribute, typeAttribute } from './graph.ts';

/** Dtype and shape of a variable. */
export interface Layout {
  readonly dtype: number;
  readonly shape: readonly number[];
}

/**
 * The variables of a graph. Each is an argument of the graph: a TensorFlow variable that the graph reads and
 * changes. A read comes before the change that follows it in the step.
 */
export interface VariablePorts {
  /** The value of a variable at this point of the step. */
  read(variable: tf.Variable, layout: Layout): GraphOutput;
  /**
   * Adds an op that changes its first inputs, which are variables.
   *
   * @returns their new values
   */
  change(
    op: string,
    attributes: readonly OpAttribute[],
    variables: readonly (readonly [tf.Variable, Layout])[],
    inputs: readonly GraphOutput[],
  ): GraphOutput[];
  /**
   * Takes rows of a variable, and does not touch its other rows.
   *
   * @param shape - of the result
   * @returns undefined if the step has changed the variable
   */
  gather(
    variable: tf.Variable,
    layout: Layout,
    indices: GraphOutput,
    shape: readonly number[],
  ): GraphOutput | undefined;
  /** Whether an op reads the whole variable so far, or has changed it. */
  hasPassedOn(variable: tf.Variable): boolean;
  /**
   * Adds an op that changes rows of a variable that {@link hasPassedOn} no op. From then on TensorFlow copies the
   * variable whenever it is read as a whole.
   *
   * @returns its new value
   */
  changeRows(op: string, variable: tf.Variable, layout: Layout, inputs: readonly GraphOutput[]): GraphOutput;
  /** @param elsewhere - whether the variable is of another context than the one that runs the graph */
  assign(variable: tf.Variable, layout: Layout, value: GraphOutput, elsewhere: boolean): void;
  /** The graph argument of each variable that the step reads or changes. */
  arguments(): ReadonlyMap<tf.Variable, GraphOutput>;
  /** The last operation on each variable that the step changes. */
  changes(): ReadonlyMap<tf.Variable, Pointer>;
  /** Whether an operation changes a variable. */
  isChange(operation: Pointer): boolean;
}

interface Port {
  readonly resource: GraphOutput;
  readonly layout: Layout;
  /** The reads of the whole variable since the last change. */
  readings: Pointer[];
  /** The reads of rows since the last change. */
  gatherings: Pointer[];
  change?: Pointer;
}

export function createVariablePorts(graph: Graph, constants: Constants): VariablePorts {
  const ports = new Map<tf.Variable, Port>();
  const changing = new Set<Pointer>();

  function portOf(variable: tf.Variable, layout: Layout): Port {
    const known = ports.get(variable);
    if (known) return known;
    const port = { resource: resource(graph, layout), layout, readings: [], gatherings: [] };
    ports.set(variable, port);
    return port;
  }

  function reading(port: Port): GraphOutput {
    const { dtype, shape } = port.layout;
    const attributes = [typeAttribute('dtype', dtype)];
    const { oper, outputs } = graph.stateful(
      'ReadVariableOp',
      attributes,
      [port.resource],
      port.change === undefined ? [] : [port.change],
    );
    port.readings.push(oper);
    graph.setShape(outputs[0]!, shape);
    return outputs[0]!;
  }

  function change(
    changed: readonly Port[],
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
  ): void {
    const after = changed.flatMap(({ readings, gatherings, change }) => [
      ...readings,
      ...gatherings,
      ...(change === undefined ? [] : [change]),
    ]);
    const given = [...changed.map((port) => port.resource), ...inputs];
    const { oper } = graph.stateful(op, attributes, given, after);
    changing.add(oper);
    for (const port of changed) {
      port.readings = [];
      port.gatherings = [];
      port.change = oper;
    }
  }

  return {
    read: (variable, layout) => reading(portOf(variable, layout)),
    change(op, attributes, variables, inputs) {
      const changed = variables.map(([variable, layout]) => portOf(variable, layout));
      change(changed, op, attributes, inputs);
      return changed.map(reading);
    },
    gather(variable, layout, indices, shape) {
      const port = portOf(variable, layout);
      if (port.change !== undefined) return undefined;
      const attributes = [typeAttribute('dtype', layout.dtype)];
      const { oper, outputs } = graph.stateful('ResourceGather', attributes, [port.resource, indices], []);
      port.gatherings.push(oper);
      graph.setShape(outputs[0]!, shape);
      return outputs[0]!;
    },
    hasPassedOn(variable) {
      const port = ports.get(variable);
      return port !== undefined && (port.change !== undefined || port.readings.some(graph.isUsed));
    },
    changeRows(op, variable, layout, inputs) {
      const port = portOf(variable, layout);
      // Nothing uses what these read, so the change need not wait for them, and they are left out.
      port.readings = [];
      change([port], op, [], inputs);
      return reading(port);
    },
    assign(variable, layout, value, elsewhere) {
      const port = portOf(variable, layout);
      if (elsewhere) change([port], 'ResourceStridedSliceAssign', ...wholeSlice(constants, layout, value));
      else change([port], 'AssignVariableOp', [typeAttribute('dtype', layout.dtype)], [value]);
    },
    isChange: (operation) => changing.has(operation),
    arguments: () => new Map([...ports].map(([variable, port]) => [variable, port.resource])),
    changes: () =>
      new Map(
        [...ports].flatMap(([variable, { change }]) => (change === undefined ? [] : [[variable, change]])),
      ),
  };
}

/**
 * The arguments with which `ResourceStridedSliceAssign` assigns a whole variable. `AssignVariableOp` looks a variable up
 * in its own context: in another one it would silently make a second variable. This op takes the variable that it is
 * given, as all other ops do. It copies the value.
 */
function wholeSlice(
  constants: Constants,
  { dtype, shape }: Layout,
  value: GraphOutput,
): [OpAttribute[], GraphOutput[]] {
  const given = [shape.map(() => 0), shape, shape.map(() => 1)].map((values) =>
    constants([shape.length], dataTypes.TF_INT32, values),
  );
  const types = [typeAttribute('T', dtype), typeAttribute('Index', dataTypes.TF_INT32)];
  return [types, [...given, value]];
}

/**
 * TensorFlow copies the private attributes to the function's argument. Its optimizer infers the shape of the read
 * value from them.
 */
function resource(graph: Graph, { dtype, shape }: Layout): GraphOutput {
  return graph.operation(
    'Placeholder',
    [
      typeAttribute('dtype', dataTypes.TF_RESOURCE),
      shapeAttribute('shape', []),
      { name: '_handle_dtypes', type: attributeTypes.TF_ATTR_TYPE, value: [dtype] },
      { name: '_handle_shapes', type: attributeTypes.TF_ATTR_SHAPE, value: [shape] },
    ],
    [],
  )[0]!;
}
