import type { Figure, Outcome } from '@cantrip/ablation';
import type { Dataset } from '@cantrip/data';
import type { Trainer } from '@cantrip/trainer';
import type { Tensor } from '@tensorflow/tfjs-core';
import { calibrationError } from './calibration-error.ts';

/** What {@link figuresOn} gives, the figure that counts first. A network that diverged counts as a guess. */
export const figures: readonly Figure[] = [
  { name: 'test_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
  { name: 'test_loss', better: 'lower', whenDiverged: Math.log(10) },
  // A guess is calibrated perfectly: a network that diverged has no such figure.
  { name: 'calibration_error', better: 'lower', percent: true },
];

/** Accuracy, cross-entropy and calibration error over the test images. */
export async function figuresOn(trainer: Trainer, test: Dataset): Promise<Outcome> {
  const { accuracy = Number.NaN, loss = Number.NaN } = await trainer.evaluate(test);
  return { test_accuracy: accuracy, test_loss: loss, calibration_error: await calibrationOn(trainer, test) };
}

async function calibrationOn(trainer: Trainer, test: Dataset): Promise<number> {
  const logits: Float32Array[] = [];
  const labels: number[] = [];
  for await (const { inputs, targets } of test.batches()) {
    const outputs = (await trainer.predict(inputs)) as Tensor;
    logits.push((await outputs.data()) as Float32Array);
    outputs.dispose();
    labels.push(...(targets as { readonly values: Int32Array }).values);
  }
  return calibrationError(
    logits.flatMap((batch) => [...batch]),
    labels,
  );
}
