import { type OpAttribute, setAttribute } from '../api/attributes.ts';
import type { Pointer } from '../api/c-api.ts';
import { runWithWarning } from './determinism.ts';
import type { EagerContext } from './eager-context.ts';
import { check, type NativeLibrary } from '../api/native-library.ts';

/** An op with its input handles, for TensorFlow's eager context. */
export interface OpCall {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly Pointer[];
  readonly outputCount: number;
  /** TensorFlow's name of a device; by default TensorFlow chooses. */
  readonly device?: string;
}

/** Runs an op and returns the handles of its outputs. The caller must free them. */
export type ExecuteOp = (call: OpCall) => Pointer[];

export function opExecutor(library: NativeLibrary, context: EagerContext): ExecuteOp {
  const { api, status } = library;
  const count = new Int32Array(1);
  let outputs = new BigUint64Array(8);

  return ({ name, attributes, inputs, outputCount, device }) => {
    const op = api.newOp(context.pointer, library.name(name), status);
    check(library, name);
    try {
      if (device !== undefined) api.setDevice(op, device, status);
      for (const input of inputs) {
        api.addInput(op, input, status);
        check(library, name);
      }
      for (const attribute of attributes) setAttribute(library, op, attribute);
      if (outputs.length < outputCount) outputs = new BigUint64Array(outputCount);
      const run = (): void => {
        count[0] = outputCount;
        api.execute(op, outputs, count, status);
        check(library, name);
      };
      try {
        run();
      } catch (error) {
        if (!runWithWarning(library, name, { error, run })) throw error;
      }
    } finally {
      api.deleteOp(op);
    }
    return Array.from(outputs.subarray(0, count[0]));
  };
}
