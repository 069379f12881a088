import type { Outcome } from '@cantrip/ablation';
import { lrSchedule } from '@cantrip/lr-schedules';
import type { PluginList, Trainer } from '@cantrip/trainer';
import { testImages, trainImages } from './fashion-mnist.ts';
import { resnet } from './resnet8.ts';
import { BATCH, RATE, resnetTrainer, scheduleTo, type Setting, setting } from './setting.ts';
import { figuresOn } from './test-figures.ts';

/** A deeper and narrower network on few images, for tricks of residual blocks. It takes seconds. */
export const deepSetting: Setting & { readonly blocks: number } = {
  ...setting,
  images: 2000,
  tests: 5000,
  epochs: 10,
  width: 6,
  /** The number of blocks in each of the three stages. */
  blocks: 2,
};

export type DeepSetting = typeof deepSetting;

export const deepTrainer = (parts: {
  readonly plugins: PluginList;
  readonly parameters: DeepSetting;
}): Trainer => {
  const { plugins, parameters } = parts;
  return resnetTrainer({
    plugins: [...plugins, lrSchedule(scheduleTo(RATE))],
    parameters,
    model: () => resnet(parameters.width, parameters.blocks),
  });
};

/** Trains, and measures on the test images. */
export async function fitDeep(trainer: Trainer, { images, tests, epochs }: DeepSetting): Promise<Outcome> {
  await trainer.fit(await trainImages({ images, batch: BATCH }), { epochs });
  return figuresOn(trainer, await testImages(tests));
}
