import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, meanSquaredError, type Trainer, type TrainerOptions } from '@cantrip/trainer';
import type { Row } from '../../row.ts';

/** What a trainer of two numbers in and two out is made of. */
export function trainerOptions(): TrainerOptions {
  return {
    model: () => tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [2], name: 'layer' })] }),
    optimizer: sgd(),
    loss: meanSquaredError(),
    handleInterrupt: false,
    log: () => undefined,
  };
}

export function numbers(): number[][] {
  return [
    [1, 2],
    [3, 4],
  ];
}

let shared: Trainer | undefined;

/** A method of a trainer, with the arguments that it is called with. What is refused leaves it as it was. */
export const method = (
  name: 'fit' | 'evaluate' | 'predict',
  right: Row['right'],
  legal: Row['legal'],
  read: (args: readonly unknown[]) => readonly unknown[] = (args) => args,
): Row => ({
  right,
  legal,
  who: [name, 'trainer', 'meanSquaredError'],
  call(_, args) {
    shared ??= createTrainer(trainerOptions());
    return (shared[name] as (...given: readonly unknown[]) => Promise<unknown>)(...read(args));
  },
});
