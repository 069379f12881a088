import type { Plugin } from '@cantrip/trainer';
import { Presets, SingleBar } from 'cli-progress';

/** Plugin: shows a live line during each epoch, and prints a line with its figures at the end. */
export function progressLine(phase: string): Plugin {
  let bar: SingleBar | undefined;
  let smoothed = Number.NaN;
  return {
    name: 'progress-line',
    onEpochBegin({ epoch, epochs, stepsPerEpoch }) {
      smoothed = Number.NaN;
      bar = new SingleBar(
        {
          format: `${phase}, epoch ${epoch + 1}/${epochs}  {bar} {percentage}%  loss {loss}  {eta_formatted} left`,
          clearOnComplete: true,
          hideCursor: true,
          barsize: 24,
          // Without a terminal, only the finished lines are printed.
          noTTYOutput: false,
        },
        Presets.shades_classic,
      );
      bar.start(stepsPerEpoch, 0, { loss: '…' });
    },
    async onStepEnd({ step, stepsPerEpoch, loss }) {
      // Shows the loss of single batches. The line at the end of the epoch has the mean over all examples.
      if (step % 20 === 0) smoothed = mix(smoothed, await loss());
      bar?.update(((step - 1) % stepsPerEpoch) + 1, {
        loss: Number.isNaN(smoothed) ? '…' : smoothed.toFixed(4),
      });
    },
    onEpochEnd({ epoch, epochs, logs }) {
      bar?.stop();
      const accuracy = percent(logs['validation_accuracy'] ?? Number.NaN);
      const [training, validation] = [logs['loss'] ?? Number.NaN, logs['validation_loss'] ?? Number.NaN];
      process.stdout.write(
        `${phase}, epoch ${epoch}/${epochs}  loss ${training.toFixed(4)}  test loss ${validation.toFixed(4)}  test accuracy ${accuracy}\n`,
      );
    },
    onTrainEnd: () => bar?.stop(),
    onError: () => bar?.stop(),
  };
}

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const mix = (before: number, value: number): number =>
  Number.isNaN(before) ? value : 0.9 * before + 0.1 * value;
