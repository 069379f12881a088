import { CantripError } from '@cantrip/errors';
import { attributeTypes, type OpAttribute, setAttribute } from '../native/attributes.ts';
import type { Pointer } from '../native/c-api.ts';
import type { GraphOutput } from '../native/graph-api.ts';
import { check, type NativeLibrary } from '../native/native-library.ts';
import { opDefinition, type OpInput } from './op-definition.ts';

/** What TensorFlow's shape inference says of an output. */
export interface OutputShape {
  readonly shape: number[];
  readonly dtype: number;
}

/** A graph under construction. TensorFlow completes the attributes that eager ops leave out, and infers the shapes. */
export interface Graph {
  readonly pointer: Pointer;
  placeholder(dtype: number, shape: readonly number[]): GraphOutput;
  /** Copies the values of a host tensor of TensorFlow's. */
  constant(dtype: number, tensor: Pointer): GraphOutput;
  /** @throws CantripError CAPTURE_STATEFUL where the op's result depends on more than its inputs */
  operation(op: string, attributes: readonly OpAttribute[], inputs: readonly GraphOutput[]): GraphOutput[];
  /** @throws CantripError CAPTURE_SHAPE where a dimension of an op's first output depends on values */
  shapeOf(output: GraphOutput, op: string): OutputShape;
  /** The operations that these outputs hang on, first those that others read. */
  reachable(outputs: readonly GraphOutput[]): readonly Pointer[];
  dispose(): void;
}

export function createGraph(library: NativeLibrary): Graph {
  const { graph: api, status } = library;
  const pointer = api.newGraph();
  const inputsOf = new Map<Pointer, readonly Pointer[]>();
  let serial = 0;

  function finish(
    op: string,
    inputs: readonly GraphOutput[],
    fill: (description: Pointer) => void,
  ): GraphOutput[] {
    const description = api.newOperation(pointer, library.name(op), `${op}_${serial++}`);
    fill(description);
    const oper = api.finishOperation(description, status);
    check(library, op);
    inputsOf.set(
      oper,
      inputs.map((input) => input.oper),
    );
    return Array.from({ length: api.outputCount(oper) }, (_, index) => ({ oper, index }));
  }

  function operation(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
  ): GraphOutput[] {
    const definition = opDefinition(library, pointer, op);
    if (definition.stateful) throw statefulOp(op);
    const groups = groupInputs(definition.inputs, attributes, inputs);
    // As eager execution does: the inputs decide, and some of tfjs-node's kernels say otherwise.
    const inferred = new Set(definition.inputs.flatMap((input) => input.inferred));
    const explicit = attributes.filter(({ name }) => !inferred.has(name));
    return finish(op, inputs, (description) => {
      for (const group of groups) {
        if (Array.isArray(group)) api.addInputList(description, packOutputs(group), group.length);
        else api.addInput(description, group as GraphOutput);
      }
      for (const attribute of explicit) setAttribute(library, description, attribute, api);
    });
  }

  return {
    pointer,
    operation,
    placeholder: (dtype, shape) =>
      operation('Placeholder', [typeAttribute('dtype', dtype), shapeAttribute('shape', shape)], [])[0]!,
    constant: (dtype, tensor) =>
      finish('Const', [], (description) => {
        setAttribute(library, description, typeAttribute('dtype', dtype), api);
        api.setTensor(description, library.name('value'), tensor, status);
        check(library, 'Const');
      })[0]!,
    shapeOf(output, op) {
      const rank = api.outputRank(pointer, output, status);
      check(library, op);
      const dims = new BigInt64Array(Math.max(rank, 0));
      if (rank > 0) api.outputShape(pointer, output, dims, rank, status);
      check(library, op);
      const shape = Array.from(dims, Number);
      const known = rank >= 0 && shape.every((dimension) => dimension >= 0);
      // Further outputs may be a kernel's workspace, whose shape is nobody's business: it passes as empty.
      if (!known && output.index === 0) throw unknownShape(op);
      return { shape: known ? shape : [0], dtype: api.outputType(output) };
    },
    reachable(outputs) {
      const needed = new Set(outputs.map(({ oper }) => oper));
      // What reads comes after what it reads.
      for (const [oper, inputs] of [...inputsOf].reverse()) {
        if (needed.has(oper)) for (const input of inputs) needed.add(input);
      }
      return [...inputsOf.keys()].filter((oper) => needed.has(oper));
    },
    dispose: () => api.deleteGraph(pointer),
  };
}

/** Outputs as an array of `TF_Output { TF_Operation* oper; int index; }`. */
export function packOutputs(outputs: readonly GraphOutput[]): BigInt64Array {
  return BigInt64Array.from(outputs.flatMap(({ oper, index }) => [oper, BigInt(index)]));
}

export const typeAttribute = (name: string, value: number): OpAttribute => ({
  name,
  type: attributeTypes.TF_ATTR_TYPE,
  value,
});

const shapeAttribute = (name: string, value: readonly number[]): OpAttribute => ({
  name,
  type: attributeTypes.TF_ATTR_SHAPE,
  value,
});

/** Eager ops take their inputs in one row; a graph wants each list as a list. */
function groupInputs(
  args: readonly OpInput[],
  attributes: readonly OpAttribute[],
  inputs: readonly GraphOutput[],
): (GraphOutput | GraphOutput[])[] {
  const lists = args.filter(({ listAttribute }) => listAttribute !== undefined).length;
  let next = 0;
  return args.map(({ listAttribute }) => {
    if (listAttribute === undefined) return inputs[next++]!;
    const remaining = inputs.length - (args.length - 1);
    const count = lists === 1 ? remaining : lengthOf(attributes, listAttribute);
    next += count;
    return inputs.slice(next - count, next);
  });
}

function lengthOf(attributes: readonly OpAttribute[], name: string): number {
  const value = attributes.find((attribute) => attribute.name === name)?.value;
  return Array.isArray(value) ? value.length : Number(value);
}

function unknownShape(op: string): CantripError {
  return new CantripError('CAPTURE_SHAPE', {
    who: 'capture',
    what: `the shape of what ${op} returns depends on values`,
    fix: 'Use an op whose result has the same shape for every batch, e.g. a mask instead of a selection',
  });
}

function statefulOp(op: string): CantripError {
  return new CantripError('CAPTURE_STATEFUL', {
    who: 'capture',
    what: `${op} keeps a state of its own: replayed, it would not do what it did when it was recorded`,
    fix:
      op.includes('Random') || op === 'Multinomial'
        ? 'Draw from random(stream) of the step'
        : 'Call it on the host side, in an on… hook',
  });
}
