import { CantripError } from '@cantrip/errors';
import { indexOutOfRange } from '../../device/index-out-of-range.ts';

/** What to do for each of TensorFlow's status codes (`tsl/protobuf/error_codes.proto`). */
const advice: Readonly<Record<number, string>> = {
  3: 'Check the shapes, dtypes and values of the inputs of this op',
  5: 'Use other dtypes or another data format, for which this device has a kernel',
  8: 'Use a smaller batch or a smaller model, or free memory on the device',
  9: 'Check the state that this op needs before it runs',
  11: 'Check that the indices and axes are inside the shape',
  12: 'Use other dtypes or another data format, which this device implements',
};

// TensorFlow's message if TF_DETERMINISTIC_OPS is set.
const unseeded = /random ops must have a seed/i;
const nondeterministic = /\bdeterminis(m|tic)\b/i;
const otherOp =
  'Use other ops, unset TF_DETERMINISTIC_OPS, or set CANTRIP_DETERMINISTIC_OPS=warn to get only a warning (op by op)';

// The message of GatherV2.
const outside = /indices(?:\[([\d,]*)\])? = (-?\d+) is not in \[0, (\d+)\)/;

// The message if compile: 'xla' is set.
const lacking = /unsupported operations when trying to compile graph .* on \w+: (\w+)/;
const compiled = /\bXLA|_XlaMustCompile|compile-time constant/;

// TensorFlow names an operation of a function by the name that the recorder gave it.
const named = /\{\{node (?:[^}\s]*\/)?([A-Za-z]\w*?)_\d+\}\}/;
const nodes = new WeakMap<object, string>();

/** The operation of a function's graph that caused an error, if TensorFlow reports it. */
export const failedNode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null ? nodes.get(error) : undefined;

/**
 * Converts a TensorFlow error to one sentence with the op's name, without the names of internal functions and
 * devices.
 */
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
      fix: 'Draw with random(stream) of the step, drawUniform() or drawNormal(), or pass a seed to the op',
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

/** Whether TensorFlow refused an op because its results may differ between runs. */
export const isNondeterministic = ({ code, message }: CantripError): boolean =>
  code === 'RANDOM_UNSEEDED' || message.includes(otherOp);

function whatFailed(op: string, message: string): string {
  const lacked = lacking.exec(message)?.[1];
  if (lacked) return `XLA, which compiles ${op}, lacks ${lacked}`;
  const inner = named.exec(message)?.[1];
  return `${inner ? `${inner} in ${op}` : op} failed: ${oneSentence(message)}`;
}

function fixFor(code: number, message: string): string {
  if (compiled.test(message)) return 'Leave compile out, or use other ops';
  return nondeterministic.test(message) ? otherOp : (advice[code] ?? 'Check the inputs of this op');
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
