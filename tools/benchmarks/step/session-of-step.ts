import * as tf from '@tensorflow/tfjs-core';
import koffi from 'koffi';

type Address = bigint;
type Call = (...given: unknown[]) => unknown;

/** The graph of a captured step in a session of its own, beside the function that the step itself calls. */
export interface SessionOfStep {
  /** Runs the session over the inputs of the step under way; its results are thrown away. */
  run(): void;
  /** Runs it with a full trace. @returns TensorFlow's `RunMetadata`, serialised */
  trace(): Uint8Array;
}

/**
 * Calls `before` ahead of every call of a captured step, from now on, with a session for the same graph.
 *
 * @param library - TensorFlow's file
 * @returns how to end that
 */
export function besideStep(
  library: string,
  before: (session: SessionOfStep, execute: () => void) => void,
): () => void {
  const { api, graph, status } = (
    tf.backend() as unknown as {
      binding: { library: { api: Record<string, Call>; graph: Record<string, Call>; status: Address } };
    }
  ).binding.library;
  const native = sessionApi(library);
  const fullTrace = native.bufferOf(Uint8Array.of(0x08, 3), 2) as Address; // RunOptions { trace_level: FULL_TRACE }
  let session: Address | undefined;
  let ports: { inputs: unknown; inputCount: number; outputs: unknown; outputCount: number };
  let handles: Address[] = [];
  let begun: unknown[] = [];

  const { toFunction } = graph;
  graph['toFunction'] = (...given) => {
    session ??= native.newSession(given[0], native.newSessionOptions(), status) as Address;
    ports = {
      inputCount: given[5] as number,
      inputs: given[6],
      outputCount: given[7] as number,
      outputs: given[8],
    };
    return toFunction!(...given);
  };
  const { newOp, addInput } = api as { newOp: Call; addInput: Call };
  const execute = api['execute'] as Call & { async: Call };
  api['newOp'] = (...given) => ((handles = []), (begun = given), newOp(...given));
  api['addInput'] = (...given) => (handles.push(given[1] as Address), addInput(...given));

  const runWith = (options: Address | null, metadata: Address | null): void => {
    const inputs = BigUint64Array.from(handles, (handle) => api['resolveHandle']!(handle, status) as Address);
    const outputs = new BigUint64Array(ports.outputCount);
    native.run(
      session,
      options,
      ports.inputs,
      inputs,
      inputs.length,
      ports.outputs,
      outputs,
      outputs.length,
      null,
      0,
      metadata,
      status,
    );
    if (api['getCode']!(status) !== 0) throw new Error(String(api['getMessage']!(status)));
    for (const tensor of [...inputs, ...outputs]) api['deleteTensor']!(tensor);
  };
  const sessionOfStep: SessionOfStep = {
    run: () => runWith(null, null),
    trace() {
      const metadata = native.newBuffer() as Address;
      runWith(fullTrace, metadata);
      return native.bytesOf(metadata);
    },
  };
  const isStep = (): boolean => session !== undefined && handles.length === ports.inputCount;
  const executeAgain = (): void => {
    const op = newOp(...begun);
    for (const handle of handles) addInput(op, handle, status);
    const results = new BigUint64Array(ports.outputCount);
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
    graph['toFunction'] = toFunction!;
    Object.assign(api, { newOp, addInput, execute });
  };
}

function sessionApi(library: string): Record<
  'newSession' | 'newSessionOptions' | 'run' | 'newBuffer' | 'bufferOf',
  Call
> & {
  bytesOf(buffer: Address): Uint8Array;
} {
  const native = koffi.load(library);
  const p = 'void *';
  const memcpy = koffi.load(null).func('memcpy', p, [p, p, 'size_t']);
  return {
    newSession: native.func('TF_NewSession', p, [p, p, p]),
    newSessionOptions: native.func('TF_NewSessionOptions', p, []),
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
