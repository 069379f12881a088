import { readFileSync } from 'node:fs';
import type { AblationResult } from '@cantrip/ablation';
import type { UpdateRule } from './clothes-network.ts';

/** What a network begins with: ImageNet's weights, the same with frozen normalisations, or nothing. */
export const starts = ['unfrozen', 'frozen', 'from scratch'] as const;

export type Start = (typeof starts)[number];

/** What each way to train chooses from. */
export const candidates: readonly UpdateRule[] = [
  ...[1e-4, 3e-4, 1e-3, 3e-3, 1e-2].map((rate) => ({ optimizer: 'adam', rate }) as const),
  ...[1e-3, 3e-3, 1e-2, 3e-2].map((rate) => ({ optimizer: 'sgd', rate }) as const),
];

/** The name of a way to train with a candidate, in results/pretrained-rates.json. */
export const trialName = (start: Start, { optimizer, rate }: UpdateRule): string =>
  `${start}, ${optimizer} ${rate}`;

/** The candidate with which a way to train was best on the held-out images, as rates.ts found. */
export function chosenRule(start: Start, figure: 'held_out_accuracy' | 'reestimated_accuracy'): UpdateRule {
  const file = new URL('./results/pretrained-rates.json', import.meta.url);
  const { variants } = JSON.parse(readFileSync(file, 'utf8')) as AblationResult;
  const accuracy = (rule: UpdateRule): number => {
    const name = trialName(start, rule);
    const variant = variants.find(({ tricks }) => (tricks[0] ?? baseName) === name);
    return variant!.figures[figure]!.mean;
  };
  return candidates.reduce((best, rule) => (accuracy(rule) > accuracy(best) ? rule : best));
}

/** The trial of an ablation without any of its tricks. */
const baseName = trialName(starts[0], candidates[0]!);
