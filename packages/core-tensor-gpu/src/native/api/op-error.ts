import { CantripError } from '@cantrip/errors';
import { indexOutOfRange } from '../../device/index-out-of-range.ts';

/** What to do about TensorFlow's status codes (`tsl/protobuf/error_codes.proto`). */
const advice: Readonly<Record<number, string>> = {
  3: 'Check the shapes, types and values that this op was given',
  5: 'Use other element types or another data format, for which this device has a kernel',
  8: 'Use a smaller batch or a smaller model, or free memory on the device',
  9: 'Check the state that this op needs before it runs',
  11: 'Check that the indices and axes lie inside the shape',
  12: 'Use other element types or another data format, which this device implements',
};

// What TensorFlow says where TF_DETERMINISTIC_OPS is set.
const unseeded = /random ops must have a seed/i;
const nondeterministic = /\bdeterminis(m|tic)\b/i;
const otherOp =
  'Compute it by other ops, do without deterministic ops (TF_DETERMINISTIC_OPS), or be warned only (CANTRIP_DETERMINISTIC_OPS=warn, op by op)';

// What GatherV2 says.
const outside = /indices(?:\[([\d,]*)\])? = (-?\d+) is not in \[0, (\d+)\)/;

// What it says where compile: 'xla' is set.
const lacking = /unsupported operations when trying to compile graph .* on \w+: (\w+)/;
const compiled = /\bXLA|_XlaMustCompile|compile-time constant/;

// How it names an operation of a function: by what the recorder called it.
const named = /\{\{node (?:[^}\s]*\/)?([A-Za-z]\w*?)_\d+\}\}/;
const nodes = new WeakMap<object, string>();

/** The operation of a function's graph that an error came from, where TensorFlow says it. */
export const failedNode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null ? nodes.get(error) : undefined;

/** An error of TensorFlow's as one sentence with the op's name, without the names of its internal functions and devices. */
export function opError(op: string, code: number, message: string): CantripError {
  const error = inOneSentence(op, code, message);
  const node = named.exec(message);
  if (node) nodes.set(error, node[0].slice('{{node '.length, -'}}'.length));
  return error;
}

function inOneSentence(op: string, code: number, message: string): CantripError {
  if (unseeded.test(message)) {
    return new CantripError('RANDOM_UNSEEDED', {
      who: 'tensorflow',
      what: `${op} draws random numbers without a seed, but only deterministic ops are allowed`,
      fix: 'Draw with random(stream) of the step, drawUniform() or drawNormal(), or give the op a seed',
    });
  }
  const index = outside.exec(message);
  if (index) return indexOutOfRange(index[2]!, Number(index[3]), index[1]);
  return new CantripError('NATIVE_OP', {
    who: 'tensorflow',
    what: whatFailed(op, message),
    fix: fixFor(code, message),
  });
}

/** Whether TensorFlow refused an op because it may differ from run to run. */
export const isNondeterministic = ({ code, message }: CantripError): boolean =>
  code === 'RANDOM_UNSEEDED' || message.includes(otherOp);

function whatFailed(op: string, message: string): string {
  const lacked = lacking.exec(message)?.[1];
  if (lacked) return `XLA, which compiles ${op}, lacks ${lacked}`;
  const inner = named.exec(message)?.[1];
  return `${inner ? `${inner} in ${op}` : op} failed: ${oneSentence(message)}`;
}

function fixFor(code: number, message: string): string {
  if (compiled.test(message)) return 'Leave compile out, or compute it by other ops';
  return nondeterministic.test(message) ? otherOp : (advice[code] ?? 'Check what this op was given');
}

function oneSentence(message: string): string {
  const sentence = message
    .replaceAll(/\{\{[^}]*\}\}/g, '')
    .replaceAll(/\[(Op|\[)[^\]]*\]+( name: ?)?/g, '')
    .split('\n', 1)[0]!
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return sentence || 'TensorFlow gave no reason';
}
