import type { TrickTogether } from '@cantrip/testing';
import { squeezeExcite } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'squeeze-excite', create: () => squeezeExcite({ latentChannels: 2, minChannels: 1 }) },
];
