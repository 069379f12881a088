import { isCantripError } from '@cantrip/errors';
import { cppFunction } from '../api/cpp-function.ts';
import type { NativeLibrary } from '../api/native-library.ts';
import { isNondeterministic } from '../api/op-error.ts';

/** If set to `warn`, ops that TF_DETERMINISTIC_OPS refuses run with a warning. It is read when an op fails. */
const variable = 'CANTRIP_DETERMINISTIC_OPS';

const warned = new Set<string>();

/**
 * Runs an op again that failed because it has no deterministic form, if only a warning is wanted. Each op is warned
 * about once per process.
 *
 * @returns whether it ran
 */
export function runWithWarning(
  library: Pick<NativeLibrary, 'path'>,
  op: string,
  { error, run }: { readonly error: unknown; readonly run: () => void },
): boolean {
  if (process.env[variable] !== 'warn' || !isCantripError(error) || !isNondeterministic(error)) return false;
  // tsl::EnableOpDeterminism
  const required = cppFunction(library, '_ZN3tsl19EnableOpDeterminismEb', 'void', ['bool']);
  if (!required) return false;
  required(false);
  try {
    run();
  } finally {
    required(true);
  }
  if (!warned.has(op))
    process.emitWarning(
      `[tensorflow] ${op} runs, but its results may differ between runs.`,
      'NondeterministicOp',
    );
  warned.add(op);
  return true;
}
