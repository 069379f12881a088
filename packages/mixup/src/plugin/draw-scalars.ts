import type { HostContext } from '@cantrip/trainer';
import type { ParsedMixup } from './mixup-options.ts';

/**
 * What a batch is mixed with, as scalars. All depend on seed and batch alone.
 *
 * - `mixupShare`: the share of each example itself; 1 where the batch is not mixed
 * - `mixupCuts`: 1 for CutMix, 0 for mixup
 * - `mixupY`, `mixupX`, `mixupRows`, `mixupColumns`: the place of CutMix's box, in [0, 1)
 */
export function drawScalars(
  { alpha, cutmixAlpha, cutmixMinmax, probability, switchProbability, offEpoch = Infinity }: ParsedMixup,
  cuts: boolean,
  { random, epoch }: Pick<HostContext, 'random' | 'epoch'>,
): Readonly<Record<string, number>> {
  const { uniform, beta } = random('mixup/share');
  // Always the same number of draws, so that no option shifts the place of the box.
  const [mixes, switches, y, x, rows, columns] = Array.from({ length: 6 }, uniform) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const isMixed = epoch < offEpoch && mixes < probability;
  const isCut = cuts && (alpha === 0 || switches < switchProbability);
  // With limits for the sides, timm draws the share from Beta(1, 1), and does not use it.
  const shape = isCut ? (cutmixMinmax ? 1 : cutmixAlpha) : alpha;
  const mixupShare = isMixed ? beta(shape, shape) : 1;
  if (!cuts) return { mixupShare };
  const place = { mixupY: y, mixupX: x, ...(cutmixMinmax && { mixupRows: rows, mixupColumns: columns }) };
  return { mixupShare, mixupCuts: isMixed && isCut ? 1 : 0, ...place };
}
