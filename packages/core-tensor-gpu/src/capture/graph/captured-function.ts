import type { Pointer } from '../../native/api/c-api.ts';
import { attributeTypes, type OpAttribute, setAttribute } from '../../native/api/attributes.ts';
import type { NativeBinding } from '../../native/eager/eager-binding.ts';
import type { GraphOutput } from '../../native/api/graph-api.ts';
import { check } from '../../native/api/native-library.ts';
import { type Graph, packOutputs } from './graph.ts';
import type { StepThreads } from '../../native/settings/step-threads.ts';

/** A graph as a TensorFlow function, which the context calls like an op. */
export interface CapturedFunction {
  readonly name: string;
  /** The number of operations, without those whose results are not used. */
  readonly operations: number;
  readonly threads: StepThreads;
  /** Runs on this thread. The caller must free the results. */
  call(inputs: readonly Pointer[]): Pointer[];
  /** Runs on a thread of Node's pool, so the event loop is not blocked. */
  callAsync(inputs: readonly Pointer[]): Promise<Pointer[]>;
  dispose(): void;
}

export interface FunctionOptions {
  readonly inputs: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
  /** Operations that change variables. */
  readonly effects: readonly Pointer[];
  /** Attributes of every call, e.g. `_XlaMustCompile`. */
  readonly attributes?: readonly OpAttribute[];
  /** By default all. With one, its assignments must suit another context than that of the variables. */
  readonly threads?: StepThreads;
}

const allThreads: StepThreads = { inOp: 'all', because: 'nothing else was asked for' };

let serial = 0;

/** Turns a graph into a function of the context. The graph itself is not needed any more. */
export function defineFunction(
  binding: NativeBinding,
  graph: Graph,
  { inputs, outputs, effects, attributes = [], threads = allThreads }: FunctionOptions,
): CapturedFunction {
  const { library } = binding;
  const context = threads.inOp === 'one' ? binding.oneThreadContext() : binding.context;
  const { api, graph: graphApi, status } = library;
  const name = `cantrip_step_${serial++}`;
  const given = new Set(inputs.map(({ oper }) => oper));
  const roots = [...outputs.map(({ oper }) => oper), ...effects];
  const operations = graph.reachable(roots).filter((oper) => !given.has(oper));
  const fn = graphApi.toFunction(
    graph.pointer,
    name,
    0,
    operations.length,
    BigUint64Array.from(operations),
    inputs.length,
    packOutputs(inputs),
    outputs.length,
    packOutputs(outputs),
    null,
    effects.length,
    BigUint64Array.from(effects),
    null,
    null,
    null,
    status,
  );
  check(library, 'TF_GraphToFunction');
  try {
    graphApi.addFunction(context.pointer, fn, status);
    check(library, 'TFE_ContextAddFunction');
  } finally {
    graphApi.deleteFunction(fn);
  }

  function prepare(handles: readonly Pointer[]): Pointer {
    const op = api.newOp(context.pointer, library.name(name), status);
    check(library, name);
    api.addInputs(op, BigUint64Array.from(handles), handles.length, status);
    for (const attribute of attributes) setAttribute(library, op, attribute);
    check(library, name);
    return op;
  }

  return {
    name,
    operations: operations.length,
    threads,
    call(handles) {
      const op = prepare(handles);
      const results = new BigUint64Array(outputs.length);
      try {
        api.execute(op, results, Int32Array.of(outputs.length), status);
        check(library, 'the captured step');
      } finally {
        api.deleteOp(op);
      }
      return Array.from(results);
    },
    callAsync: (handles) => executeAsync({ library, op: prepare(handles), outputCount: outputs.length }),
    dispose: () => {
      graphApi.removeFunction(context.pointer, name, status);
      check(library, 'TFE_ContextRemoveFunction');
    },
  };
}

interface AsyncCall {
  readonly library: NativeBinding['library'];
  readonly op: Pointer;
  readonly outputCount: number;
}

/** This call has its own status object, because synchronous calls use the shared one meanwhile. */
function executeAsync({ library, op, outputCount }: AsyncCall): Promise<Pointer[]> {
  const { api } = library;
  const results = new BigUint64Array(outputCount);
  const count = Int32Array.of(outputCount);
  const status = api.newStatus();
  return new Promise((resolve, reject) => {
    api.execute.async(op, results, count, status, (error) => {
      api.deleteOp(op);
      try {
        if (error) throw error;
        check({ ...library, status }, 'the captured step');
        resolve(Array.from(results));
      } catch (failure) {
        reject(failure as Error);
      } finally {
        api.deleteStatus(status);
      }
    });
  });
}

/** Makes XLA compile the whole function into one program. */
export const xla: OpAttribute = { name: '_XlaMustCompile', type: attributeTypes.TF_ATTR_BOOL, value: true };
