import type { TrickTogether } from '@cantrip/testing';
import { progressiveResizing } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  {
    name: 'progressive-resizing',
    create: () => progressiveResizing({ width: 6, initialScale: 0.5, sizeIncrement: 1 }),
  },
];
