import type { AnyPlugin, BatchSource, TrainerOptions } from '@cantrip/trainer';
import { expect } from 'vitest';
import { expectClose } from './expect-close.ts';
import { tinyData } from './tiny/tiny-data.ts';
import { tinyTrainer } from './tiny/tiny-trainer.ts';
import { weightsOf } from './weights.ts';

/** The results of a training run. */
export interface Followed {
  /** The loss of each step. */
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

export interface FollowOptions {
  /** The number of epochs; 2 by default. */
  readonly epochs?: number;
  readonly data?: BatchSource;
}

/** Trains a tiny trainer, returns its losses, and disposes it. */
export async function followTraining(
  plugins: readonly AnyPlugin[],
  options: Partial<TrainerOptions> = {},
  { epochs = 2, data = tinyData() }: FollowOptions = {},
): Promise<Followed> {
  const losses: number[] = [];
  const reader: AnyPlugin = {
    name: 'loss-reader',
    onStepEnd: async ({ loss }) => void losses.push(await loss()),
  };
  const trainer = tinyTrainer([...plugins, reader], options);
  try {
    await trainer.fit(data, { epochs });
    return { losses, weights: await weightsOf(trainer) };
  } finally {
    trainer.dispose();
  }
}

/**
 * Expects the same losses to 1e-4 relative in each step, and the same weights within the tolerance that this
 * implies.
 */
export function expectSameTraining(actual: Followed, expected: Followed): void {
  expectClose(actual.losses, expected.losses, { relative: 1e-4 });
  expect(Object.keys(actual.weights)).toEqual(Object.keys(expected.weights));
  for (const [name, values] of Object.entries(expected.weights)) {
    expectClose(actual.weights[name]!, values, { relative: 1e-3, absolute: 1e-5 });
  }
}
