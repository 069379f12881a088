import { CantripError } from '@cantrip/errors';
import type { Recorder } from './open-device.ts';

/** What matrix products and convolutions are computed in. Weights, updates, sums and losses are float32 either way. */
export type Precision = 'float32' | 'bfloat16';

/**
 * Refuses bfloat16 where nothing is captured, and for a step that XLA compiles.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkPrecision({
  precision,
  capture,
  compile,
}: {
  readonly precision?: Precision;
  readonly capture?: 'auto' | boolean;
  readonly compile?: 'xla' | undefined;
}): void {
  if (precision !== 'bfloat16' || (capture !== false && compile === undefined)) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what:
      compile === undefined
        ? "precision: 'bfloat16' needs a captured step, but capture is false"
        : `precision: 'bfloat16' cannot be combined with compile: '${compile}'`,
    fix: compile === undefined ? 'Remove capture, or remove precision' : 'Remove one of the two',
  });
}

/**
 * Refuses bfloat16 on a device that does not record steps, or is no faster with it.
 *
 * @throws CantripError PRECISION_UNSUPPORTED
 */
export function requirePrecision(precision: Precision, recorder: Recorder | undefined, device: string): void {
  if (precision !== 'bfloat16') return;
  const why = recorder
    ? recorder.whyNoBfloat16()
    : { reason: `it needs a captured step, but ${device} runs op by op`, fix: undefined };
  if (!why) return;
  throw new CantripError('PRECISION_UNSUPPORTED', {
    who: 'trainer',
    what: `precision: 'bfloat16' is refused: ${why.reason}`,
    fix: why.fix ?? "Remove precision: 'bfloat16'",
  });
}
