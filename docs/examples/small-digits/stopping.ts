// Early stopping is expected to give a lower test loss where a network trains for too long.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { subset } from '@cantrip/data';
import { earlyStopping } from '@cantrip/early-stopping';
import { digits, digitsTrainer, figures, setting } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'stopping',
  parameters: { ...setting, rate: 0.02, epochs: 40, validation: 1000 },
  plugins: [
    { name: 'stopped by the loss', with: earlyStopping({ patience: 5 }) },
    {
      name: 'stopped by the accuracy',
      with: earlyStopping({ monitor: 'validation_accuracy', mode: 'max', patience: 5 }),
    },
  ],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  async fit(trainer, { parameters: { images, tests, epochs, validation } }) {
    const others = await digits('test', tests + validation);
    const chosen = subset(
      others,
      Array.from({ length: validation }, (_, at) => tests + at),
    );
    const history = await trainer.fit(await digits('train', images), { epochs, validation: chosen });
    const { accuracy = Number.NaN, loss = Number.NaN } = await trainer.evaluate(await digits('test', tests));
    return { test_accuracy: accuracy, test_loss: loss, epochs_trained: history.epochs.length };
  },
  figures: [...figures, { name: 'epochs_trained', better: 'lower' }],
});
