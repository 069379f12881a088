import { isCantripError } from '@cantrip/errors';
import { cppFunction } from '../api/cpp-function.ts';
import type { NativeLibrary } from '../api/native-library.ts';
import { isNondeterministic } from '../api/op-error.ts';

/** Set to `warn`, ops that TF_DETERMINISTIC_OPS refuses run all the same. Read when one fails. */
const variable = 'CANTRIP_DETERMINISTIC_OPS';

const warned = new Set<string>();

/**
 * Runs an op that failed for want of a deterministic form once more, without asking for one, if a warning is to do.
 *
 * An op is warned of once in a process.
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
    process.emitWarning(`[tensorflow] ${op} runs, and may differ from run to run.`, 'NondeterministicOp');
  warned.add(op);
  return true;
}
