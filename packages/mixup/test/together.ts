import { mixup } from '../src/index.ts';
import type { TrickTogether } from '@cantrip/testing';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'mixup', create: () => mixup({ alpha: 0.4, cutmixAlpha: 1 }) },
];
