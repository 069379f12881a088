import type { TrickTogether } from '@cantrip/testing';
import { adaptiveGradientClipping, gradientCentralization, gradientNoise } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'gradient-tools/centralization', create: () => gradientCentralization() },
  {
    name: 'gradient-tools/adaptive-clipping',
    create: () => adaptiveGradientClipping({ clipping: 0.05, except: ['dense*/**'] }),
  },
  { name: 'gradient-tools/noise', create: () => gradientNoise({ eta: 1e-4 }) },
];
