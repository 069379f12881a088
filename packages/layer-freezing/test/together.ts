import type { TrickTogether } from '@cantrip/testing';
import { layerFreezing } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'layer-freezing', create: () => layerFreezing({ start: 4, every: 2 }) },
];
