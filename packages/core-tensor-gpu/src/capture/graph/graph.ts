import { CantripError } from '@cantrip/errors';
import { attributeTypes, type OpAttribute, setAttribute } from '../../native/api/attributes.ts';
import type { Pointer } from '../../native/api/c-api.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import { check, type NativeLibrary } from '../../native/api/native-library.ts';
import { fingerprint } from './fingerprint.ts';
import { isProduct, productFlop } from './product-flop.ts';
import { inferredShape, type OutputShape } from './inferred-shape.ts';
import { opDefinition, type OpInput } from './op-definition.ts';

/** A graph under construction. TensorFlow adds the attributes that eager ops leave out, and infers the shapes. */
export interface Graph {
  readonly pointer: Pointer;
  placeholder(dtype: number, shape: readonly number[]): GraphOutput;
  /**
   * Adds a constant with the values of a TensorFlow host tensor.
   *
   * @param content - a text that identifies the values
   */
  constant(dtype: number, tensor: Pointer, content: string): GraphOutput;
  /**
   * Adds an operation.
   *
   * @throws CantripError CAPTURE_STATEFUL if the op's result depends on more than its inputs
   */
  operation(op: string, attributes: readonly OpAttribute[], inputs: readonly GraphOutput[]): GraphOutput[];
  /** Adds an operation on state. It runs after the given operations. */
  stateful(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
    after: readonly Pointer[],
  ): { readonly oper: Pointer; readonly outputs: GraphOutput[] };
  /** Sets a shape that TensorFlow cannot infer. */
  setShape(output: GraphOutput, shape: readonly number[]): void;
  /**
   * The dtype and shape of an output.
   *
   * @throws CantripError CAPTURE_SHAPE if a dimension of an op's first output depends on values
   */
  shapeOf(output: GraphOutput, op: string): OutputShape;
  /** Whether an operation reads a result of this one, or waits for it. */
  isUsed(operation: Pointer): boolean;
  /** These operations and all operations that they depend on, dependencies first. */
  reachable(operations: readonly Pointer[]): readonly Pointer[];
  /**
   * A fingerprint of what an operation computes. It is equal in two graphs if the operation computes the same from
   * the same inputs.
   */
  fingerprintOf(operation: Pointer): string;
  /** The floating-point operations of each matrix product and convolution. */
  productFlops(): readonly number[];
  dispose(): void;
}

export function createGraph(library: NativeLibrary, named: (node: string) => void = () => undefined): Graph {
  const { graph: api, status } = library;
  const pointer = api.newGraph();
  const needs = new Map<Pointer, readonly Pointer[]>();
  const used = new Set<Pointer>();
  const fingerprints = new Map<Pointer, string>();
  const products: (() => number)[] = [];
  let serial = 0;
  let placeholders = 0;

  function finish(
    op: string,
    { needed, content }: { readonly needed: readonly Pointer[]; readonly content: string },
    fill: (description: Pointer) => void,
  ): Pointer {
    const name = `${op}_${serial++}`;
    named(name);
    const description = api.newOperation(pointer, library.name(op), name);
    fill(description);
    const oper = api.finishOperation(description, status);
    check(library, op);
    needs.set(oper, needed);
    for (const other of needed) used.add(other);
    fingerprints.set(oper, fingerprint(op, content, ...needed.map((other) => fingerprints.get(other)!)));
    return oper;
  }

  function outputsOf(oper: Pointer): GraphOutput[] {
    return Array.from({ length: api.outputCount(oper) }, (_, index) => ({ oper, index }));
  }

  function add(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
    after: readonly Pointer[] = [],
  ): Pointer {
    const definition = opDefinition(library, pointer, op);
    const groups = groupInputs(definition.inputs, attributes, inputs);
    // The inputs decide the type, as in eager execution. Some of tfjs-node's kernels pass a wrong type.
    const inferred = new Set(definition.inputs.flatMap((input) => input.inferred));
    const explicit = attributes.filter(({ name }) => !inferred.has(name));
    const needed = [...inputs.map(({ oper }) => oper), ...after];
    const places = inputs.map(({ index }) => index);
    // Placeholders are identified by their order.
    const content = op === 'Placeholder' ? `${placeholders++}` : textOf([places, explicit]);
    return finish(op, { needed, content }, (description) => {
      for (const group of groups) {
        if (Array.isArray(group)) api.addInputList(description, packOutputs(group), group.length);
        else api.addInput(description, group as GraphOutput);
      }
      for (const earlier of after) api.addControlInput(description, earlier);
      for (const attribute of explicit) setAttribute(library, description, attribute, api);
    });
  }

  function operation(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
  ): GraphOutput[] {
    if (opDefinition(library, pointer, op).stateful) throw statefulOp(op);
    const outputs = outputsOf(add(op, attributes, inputs));
    if (isProduct(op)) {
      products.push(() =>
        productFlop(op, {
          flags: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
          inputs: inputs.map((input) => shapeOf(input, op).shape),
          output: shapeOf(outputs[0]!, op).shape,
        }),
      );
    }
    return outputs;
  }

  const shapeOf = (output: GraphOutput, op: string): OutputShape =>
    inferredShape(library, pointer, output, op);

  return {
    pointer,
    operation,
    stateful(op, attributes, inputs, after) {
      const oper = add(op, attributes, inputs, after);
      return { oper, outputs: outputsOf(oper) };
    },
    setShape(output, shape) {
      api.setOutputShape(pointer, output, BigInt64Array.from(shape, BigInt), shape.length, status);
      check(library, 'TF_GraphSetTensorShape');
    },
    placeholder: (dtype, shape) =>
      operation('Placeholder', [typeAttribute('dtype', dtype), shapeAttribute('shape', shape)], [])[0]!,
    constant(dtype, tensor, content) {
      const oper = finish('Const', { needed: [], content: `${dtype} ${content}` }, (description) => {
        setAttribute(library, description, typeAttribute('dtype', dtype), api);
        api.setTensor(description, library.name('value'), tensor, status);
        check(library, 'Const');
      });
      return { oper, index: 0 };
    },
    shapeOf,
    isUsed: (operation) => used.has(operation),
    reachable(operations) {
      const needed = new Set(operations);
      // An operation comes after the operations whose results it reads.
      for (const [oper, others] of [...needs].reverse()) {
        if (needed.has(oper)) for (const other of others) needed.add(other);
      }
      return [...needs.keys()].filter((oper) => needed.has(oper));
    },
    fingerprintOf: (operation) => fingerprints.get(operation)!,
    productFlops: () => products.map((flop) => flop()),
    dispose: () => api.deleteGraph(pointer),
  };
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' || typeof part === 'number' ? String(part) : part,
  );

/** Outputs as an array of `TF_Output { TF_Operation* oper; int index; }`. */
export function packOutputs(outputs: readonly GraphOutput[]): BigInt64Array {
  return BigInt64Array.from(outputs.flatMap(({ oper, index }) => [oper, BigInt(index)]));
}

export const typeAttribute = (name: string, value: number): OpAttribute => ({
  name,
  type: attributeTypes.TF_ATTR_TYPE,
  value,
});

export const shapeAttribute = (name: string, value: readonly number[]): OpAttribute => ({
  name,
  type: attributeTypes.TF_ATTR_SHAPE,
  value,
});

/** Eager ops take all inputs in one flat list. A graph needs each list input as a list. */
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

function statefulOp(op: string): CantripError {
  return new CantripError('CAPTURE_STATEFUL', {
    who: 'capture',
    what: `${op} has a state of its own, so a replay would give other results than the recording`,
    fix:
      op.includes('Random') || op === 'Multinomial'
        ? 'Draw from random(stream) of the step'
        : 'Call it on the host side, in an on… hook',
  });
}
