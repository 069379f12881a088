import * as tf from '@tensorflow/tfjs-core';
import koffi from 'koffi';
import { packOutputs, typeAttribute } from '../../../../packages/core-tensor-gpu/src/capture/graph/graph.ts';
import { opExecutor } from '../../../../packages/core-tensor-gpu/src/native/eager/execute-op.ts';
import type { GraphOutput } from '../../../../packages/core-tensor-gpu/src/native/api/graph-api.ts';
import { check } from '../../../../packages/core-tensor-gpu/src/native/api/native-library.ts';
import type { NativeBackend } from '../../../../packages/core-tensor-gpu/src/native/upstream/upstream.ts';
import { type MirrorGraph, mirrorGraphs } from './mirror-graph.ts';

type Address = bigint;
type Call = (...given: unknown[]) => unknown;

/** The graph of a captured step in a session of its own, beside the function that the step itself calls. */
export interface SessionOfStep {
  /** Runs the session over the inputs of the step under way; its results are thrown away. */
  run(): void;
  /** Runs it with a full trace. @returns TensorFlow's `RunMetadata`, serialised */
  trace(): Uint8Array;
}

/** `ConfigProto { intra_op_parallelism_threads: 1, use_per_session_threads: true }` */
const oneThread = Uint8Array.of(0x10, 1, 0x48, 1);

/** The arguments, results and effects of the step, as they stand in the session's graph. */
interface Ports {
  readonly mirror: MirrorGraph;
  readonly inputs: readonly Address[];
  readonly outputs: readonly GraphOutput[];
  readonly effects: readonly Address[];
}

/**
 * Calls `before` ahead of every call of the first captured step that is recorded from now on, with a session for the
 * same graph, whose variables begin with the step's values.
 *
 * @param library - TensorFlow's file
 * @returns how to end that
 */
export function besideStep(
  library: string,
  before: (session: SessionOfStep, execute: () => void) => void,
): () => void {
  const { binding } = tf.backend() as NativeBackend;
  const { status } = binding.library;
  const { api, graph } = binding.library as unknown as Record<'api' | 'graph', Record<string, Call>>;
  const native = sessionApi(library);
  const executeEagerly = opExecutor(binding.library, binding.context);
  const fullTrace = native.bufferOf(Uint8Array.of(0x08, 3), 2) as Address; // RunOptions { trace_level: FULL_TRACE }
  const mirrors = new Map<Address, MirrorGraph>();
  let ports: Ports | undefined;
  let session: Address | undefined;
  let handles: readonly Address[] = [];
  let begun: unknown[] = [];

  const endMirrors = mirrorGraphs(binding.library, (pointer, mirror) => mirrors.set(pointer, mirror));
  const { toFunction } = graph;
  graph['toFunction'] = (...given) => {
    ports ??= portsOf(mirrors.get(given[0] as Address)!, given);
    return toFunction!(...given);
  };
  const { newOp, addInputs } = api as { newOp: Call; addInputs: Call };
  const execute = api['execute'] as Call & { async: Call };
  api['newOp'] = (...given) => ((handles = []), (begun = given), newOp(...given));
  api['addInputs'] = (...given) => ((handles = Array.from(given[1] as BigUint64Array)), addInputs(...given));

  function runSession(
    inputs: readonly (readonly [GraphOutput, Address])[],
    outputs: readonly GraphOutput[],
    effects: readonly Address[],
    [options, metadata]: readonly [Address | null, Address | null] = [null, null],
  ): void {
    const results = new BigUint64Array(outputs.length);
    native.run(
      session,
      options,
      packOutputs(inputs.map(([output]) => output)),
      BigUint64Array.from(inputs, ([, tensor]) => tensor),
      inputs.length,
      packOutputs(outputs),
      results,
      results.length,
      BigUint64Array.from(effects),
      effects.length,
      metadata,
      status,
    );
    check(binding.library, 'TF_SessionRun');
    for (const tensor of [...inputs.map(([, tensor]) => tensor), ...results]) api['deleteTensor']!(tensor);
  }

  function resolve(handle: Address): Address {
    const tensor = api['resolveHandle']!(handle, status) as Address;
    check(binding.library, 'TFE_TensorHandleResolve');
    return tensor;
  }

  /** Gives the session's variables the values of the step's. */
  function start({ mirror, inputs }: Ports, given: readonly Address[]): void {
    const options = native.newSessionOptions();
    if (begun[0] !== binding.context.pointer) native.setConfig(options, oneThread, oneThread.length, status);
    session = native.newSession(mirror.pointer, options, status) as Address;
    inputs.forEach((oper, index) => {
      const variable = mirror.variables.get(oper);
      if (!variable) return;
      const dtype = typeAttribute('dtype', variable.dtype);
      const value = mirror.add('Placeholder', `value_${index}`, [], [dtype]);
      const assign = mirror.add('AssignVariableOp', `assign_${index}`, [variable.resource, value], []);
      const [read] = executeEagerly({
        name: 'ReadVariableOp',
        attributes: [dtype],
        inputs: [given[index]!],
        outputCount: 1,
      });
      runSession([[value, resolve(read!)]], [], [assign.oper]);
    });
  }

  function runWith(buffers: readonly [Address | null, Address | null]): void {
    const [step, given, call] = [ports!, handles, begun];
    if (session === undefined) start(step, given);
    [handles, begun] = [given, call];
    const fed = step.inputs.flatMap((oper, index) =>
      step.mirror.variables.has(oper)
        ? []
        : [[{ oper: step.mirror.of(oper), index: 0 }, resolve(given[index]!)] as const],
    );
    runSession(fed, step.outputs, step.effects, buffers);
  }

  const sessionOfStep: SessionOfStep = {
    run: () => runWith([null, null]),
    trace() {
      const metadata = native.newBuffer() as Address;
      runWith([fullTrace, metadata]);
      return native.bytesOf(metadata);
    },
  };
  const isStep = (): boolean => ports !== undefined && handles.length === ports.inputs.length;
  const executeAgain = (): void => {
    const op = newOp(...begun);
    addInputs(op, BigUint64Array.from(handles), handles.length, status);
    const results = new BigUint64Array(ports!.outputs.length);
    execute(op, results, Int32Array.of(results.length), status);
    api['deleteOp']!(op);
    for (const result of results) api['deleteHandle']!(result);
  };
  const around =
    (call: Call): Call =>
    (...given) => {
      if (isStep()) before(sessionOfStep, executeAgain);
      return call(...given);
    };
  api['execute'] = Object.assign(around(execute), { async: around(execute.async) });
  return () => {
    endMirrors();
    graph['toFunction'] = toFunction!;
    Object.assign(api, { newOp, addInputs, execute });
  };
}

/** As `TF_GraphToFunctionWithControlOutputs` takes them, with the mirror's operations. */
function portsOf(mirror: MirrorGraph, given: readonly unknown[]): Ports {
  const unpack = (packed: unknown): GraphOutput[] => {
    const words = packed as BigInt64Array;
    return Array.from({ length: words.length / 2 }, (_, i) => ({
      oper: words[2 * i]!,
      index: Number(words[2 * i + 1]),
    }));
  };
  return {
    mirror,
    inputs: unpack(given[6]).map(({ oper }) => oper),
    outputs: unpack(given[8]).map(({ oper, index }) => ({ oper: mirror.of(oper), index })),
    effects: Array.from(given[11] as BigUint64Array, (oper) => mirror.of(oper)),
  };
}

/** TensorFlow's functions for sessions. */
interface SessionApi extends Record<
  'newSession' | 'newSessionOptions' | 'setConfig' | 'run' | 'newBuffer' | 'bufferOf',
  Call
> {
  bytesOf(buffer: Address): Uint8Array;
}

function sessionApi(library: string): SessionApi {
  const native = koffi.load(library);
  const p = 'void *';
  const memcpy = koffi.load(null).func('memcpy', p, [p, p, 'size_t']);
  return {
    newSession: native.func('TF_NewSession', p, [p, p, p]),
    newSessionOptions: native.func('TF_NewSessionOptions', p, []),
    setConfig: native.func('TF_SetConfig', 'void', [p, p, 'size_t', p]),
    run: native.func('TF_SessionRun', 'void', [p, p, p, p, 'int', p, p, 'int', p, 'int', p, p]),
    newBuffer: native.func('TF_NewBuffer', p, []),
    bufferOf: native.func('TF_NewBufferFromString', p, [p, 'size_t']),
    bytesOf(buffer) {
      const head = new BigUint64Array(2);
      memcpy(head, buffer, 16);
      const bytes = new Uint8Array(Number(head[1]));
      memcpy(bytes, head[0], bytes.length);
      return bytes;
    },
  };
}
