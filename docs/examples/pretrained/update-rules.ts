import type { UpdateRule } from './clothes-network.ts';

/** What a network begins with: ImageNet's weights, the same with frozen normalisations, or nothing. */
export const starts = ['unfrozen', 'frozen', 'from scratch'] as const;

export type Start = (typeof starts)[number];

/** What each way to train chooses from. */
export const candidates: readonly UpdateRule[] = [
  ...[1e-4, 3e-4, 1e-3, 3e-3, 1e-2].map((rate) => ({ optimizer: 'adam', rate }) as const),
  ...[1e-3, 3e-3, 1e-2, 3e-2].map((rate) => ({ optimizer: 'sgd', rate }) as const),
];
