import type { TensorInfo } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { OpAttribute } from '../native/attributes.ts';
import { dataTypes, type NumberArray } from '../native/dtype.ts';
import type { NativeBinding, TensorMetadata } from '../native/eager-binding.ts';
import type { GraphOutput } from '../native/graph-api.ts';
import { numbersToTensor } from '../native/host-values.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import type { Graph } from './graph.ts';

/** A tensor that was there before the recording and that the step reads: an input of the graph. */
export interface OuterTensor {
  readonly id: number;
  readonly dataId: object;
  readonly placeholder: GraphOutput;
}

/** How a tensor of the graph came about: by an op, or as numbers. */
export type Origin =
  | {
      readonly op: string;
      readonly attributes: readonly OpAttribute[];
      readonly inputIds: readonly number[];
      readonly index: number;
      readonly outputCount: number;
    }
  | { readonly constant: Parameters<NativeBinding['createTensor']> };

/**
 * Stands in for the binding: ops become operations of a graph instead of being executed. The tensors of the graph
 * bear negative numbers, and nothing outside the graph changes.
 */
export interface Recorder {
  /** Runs a function while every op goes into the graph. */
  record<T>(run: () => T): T;
  /** A tensor of the graph whose value is fed at each call. */
  placeholder(dtype: number, shape: readonly number[]): TensorMetadata & { readonly output: GraphOutput };
  /** The graph's output that a tensor stands for, whether it is the graph's own or from before. */
  outputOf(tensor: TensorInfo): GraphOutput;
  /** Absent for what is fed, and for tensors from before. */
  originOf(id: number): Origin | undefined;
  readonly outer: ReadonlyMap<number, OuterTensor>;
}

export function createRecorder(backend: NativeBackend, graph: Graph): Recorder {
  const { binding: original, write } = backend;
  const { library } = original;
  const outputs = new Map<number, GraphOutput>();
  const origins = new Map<number, Origin>();
  const outer = new Map<number, OuterTensor>();
  const written = new WeakSet<object>();
  const literals = new Map<string, GraphOutput>();
  let nextId = -2; // -1 is tfjs-node's mark of a tensor that is still to be uploaded

  function register(output: GraphOutput, origin?: Origin): number {
    const id = nextId--;
    outputs.set(id, output);
    if (origin) origins.set(id, origin);
    return id;
  }

  function createTensor(...constant: Parameters<NativeBinding['createTensor']>): number {
    const [shape, dtype, values] = constant;
    if (dtype === dataTypes.TF_STRING) throw textRefused();
    // A step makes the same few numbers (axes, factors) again and again.
    const key = values.length <= 8 ? `${dtype} ${shape.join()} ${exactly(values as NumberArray)}` : '';
    const output = literals.get(key) ?? constantOutput(shape, dtype, values as NumberArray);
    if (key) literals.set(key, output);
    return register(output, { constant });
  }

  function constantOutput(shape: readonly number[], dtype: number, values: NumberArray): GraphOutput {
    const tensor = numbersToTensor(library, shape, dtype, values);
    try {
      return graph.constant(dtype, tensor);
    } finally {
      library.api.deleteTensor(tensor);
    }
  }

  /** A tensor of the graph stays in it. */
  function deleteTensor(id: number): void {
    if (id > 0) original.deleteTensor(id);
  }

  function executeOp(
    op: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): TensorMetadata[] {
    const inputs = inputIds.map((id) => outputs.get(id) ?? refuseUnseen(op));
    const results = graph.operation(op, attributes, inputs).slice(0, outputCount);
    return results.map((output, index) => {
      const origin = { op, attributes, inputIds, index, outputCount };
      return { id: register(output, origin), ...graph.shapeOf(output, op) };
    });
  }

  function idOf(tensor: TensorInfo): number {
    const literal = (tensor as { readonly valueArray?: Int32Array }).valueArray; // tfjs-node's Int64Scalar
    if (literal) return createTensor([], dataTypes.TF_INT64, literal);
    const entry = backend.tensorMap.get(tensor.dataId);
    if (entry.values !== null) {
      // Numbers from before the recording are uploaded for good, those of the step become constants of the graph.
      const create = written.has(tensor.dataId) ? createTensor : original.createTensor;
      entry.id = create(entry.shape, entry.dtype, entry.values);
      entry.values = null;
    }
    if (entry.id > 0 && !outer.has(entry.id)) addOuter(entry.id, tensor.dataId);
    return entry.id;
  }

  function addOuter(id: number, dataId: object): void {
    const { shape, dtype } = original.describe(id);
    const placeholder = graph.placeholder(dtype, shape);
    outputs.set(id, placeholder);
    outer.set(id, { id, dataId, placeholder });
  }

  function record<T>(run: () => T): T {
    const undo = replace(backend, {
      binding: { ...original, createTensor, deleteTensor, executeOp, tensorDataSync: refuseRead },
      getInputTensorIds: (tensors) => tensors.map(idOf),
      write: (...given) => {
        const dataId = write.apply(backend, given);
        written.add(dataId);
        return dataId;
      },
    });
    try {
      return run();
    } finally {
      undo();
    }
  }

  return {
    record,
    placeholder(dtype, shape) {
      const output = graph.placeholder(dtype, shape);
      return { id: register(output), output, dtype, shape: [...shape] };
    },
    outputOf: (tensor) => outputs.get(idOf(tensor))!,
    originOf: (id) => origins.get(id),
    outer,
  };
}

/** Numbers as text; 0 and -0 are two. */
function exactly(values: NumberArray): string {
  const text = (value: number | bigint): string => (Object.is(value, -0) ? '-0' : String(value));
  return Array.from(values as ArrayLike<number | bigint>, text).join();
}

/** Gives an object other properties of its own, until the returned function is called. */
function replace<T extends object>(target: T, properties: Partial<T>): () => void {
  const before = Object.keys(properties).map(
    (key) => [key, Object.getOwnPropertyDescriptor(target, key)] as const,
  );
  Object.assign(target, properties);
  return () => {
    for (const [key, descriptor] of before) {
      if (descriptor) Object.defineProperty(target, key, descriptor);
      else Reflect.deleteProperty(target, key);
    }
  };
}

function refuseRead(): never {
  throw new CantripError('HOOK_READ_VALUE', {
    who: 'capture',
    what: 'the step reads the value of a tensor, which has none while the step is recorded',
    fix: 'Compute with tensors instead of numbers',
  });
}

function refuseUnseen(op: string): never {
  throw new CantripError('CAPTURE_SYMBOLIC', {
    who: 'capture',
    what: `${op} was given a tensor by its number alone, from before the recording`,
    fix: 'Give it to the step as an input',
  });
}

function textRefused(): CantripError {
  return new CantripError('CAPTURE_UNSUPPORTED', {
    who: 'capture',
    what: 'the step makes a string tensor',
    fix: 'Make strings on the host side, in an on… hook',
  });
}
