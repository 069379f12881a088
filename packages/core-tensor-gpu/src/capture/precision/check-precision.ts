import { CantripError } from '@cantrip/errors';
import type { NoBfloat16 } from '../../native/settings/bfloat16-support.ts';
import type { NativeBackend } from '../../native/upstream/upstream.ts';
import { capturingBackend, whyNoCapture } from '../device/capturing-backend.ts';

export interface PrecisionOptions {
  /**
   * `bfloat16` for mixed precision: matrix products and convolutions in bfloat16. Variables, updates, sums and all
   * tensors that the caller sees are float32. It is float32 by default.
   */
  readonly precision?: 'bfloat16' | undefined;
}

/** Returns why the open device cannot gain from bfloat16, and what to do; undefined if it can. */
export function whyNoBfloat16(): NoBfloat16 | undefined {
  const reason = whyNoCapture();
  if (reason !== undefined)
    return {
      reason: `it needs a captured step, but ${reason}`,
      fix: "Open the device 'tensorflow' or 'cuda'",
    };
  return capturingBackend().binding.whyNoBfloat16();
}

/**
 * Refuses a precision that the device has no fast instructions for.
 *
 * @throws CantripError PRECISION_UNSUPPORTED; OPTION_INVALID with `compile`
 */
export function checkPrecision(
  backend: NativeBackend,
  { precision, compile }: PrecisionOptions & { readonly compile?: 'xla' | undefined },
): void {
  if (precision === undefined) return;
  if (compile !== undefined) {
    throw new CantripError('OPTION_INVALID', {
      who: 'captureStep',
      what: `precision: 'bfloat16' cannot be combined with compile: '${compile}'`,
      fix: 'Remove one of the two',
    });
  }
  const why = backend.binding.whyNoBfloat16();
  if (!why) return;
  throw new CantripError('PRECISION_UNSUPPORTED', {
    who: 'captureStep',
    what: `precision: 'bfloat16' is refused: ${why.reason}`,
    fix: why.fix ?? "Remove precision: 'bfloat16'",
  });
}
