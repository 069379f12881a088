import { isCantripError } from '@cantrip/errors';
import koffi from 'koffi';
import type { NativeLibrary } from './native-library.ts';
import { isNondeterministic } from './op-error.ts';

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
  { path }: Pick<NativeLibrary, 'path'>,
  op: string,
  { error, run }: { readonly error: unknown; readonly run: () => void },
): boolean {
  if (process.env[variable] !== 'warn' || !isCantripError(error) || !isNondeterministic(error)) return false;
  const required = determinismSwitch(path);
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

/** `tsl::EnableOpDeterminism`, no part of the C API; undefined where it is missing. */
function determinismSwitch(path: string): ((required: boolean) => void) | undefined {
  try {
    return koffi.load(path).func('_ZN3tsl19EnableOpDeterminismEb', 'void', ['bool']) as (
      required: boolean,
    ) => void;
  } catch {
    return undefined;
  }
}
