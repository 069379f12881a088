import type { Figure, Outcome } from '@cantrip/ablation';
import type { Dataset } from '@cantrip/data';
import { type Calibration, calibrationOf } from '@cantrip/label-smoothing';
import type { Trainer } from '@cantrip/trainer';

/** What {@link figuresOn} gives, the figure that counts first. A network that diverged counts as a guess. */
export const figures: readonly Figure[] = [
  { name: 'test_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
  { name: 'test_loss', better: 'lower', whenDiverged: Math.log(10) },
  // A guess is calibrated perfectly: a network that diverged has no such figure.
  { name: 'calibration_error', better: 'lower', percent: true },
];

/** Accuracy, cross-entropy and calibration error over the test images. */
export async function figuresOn(trainer: Trainer, test: Dataset): Promise<Outcome> {
  return figuresOf(await calibrationOf(trainer, test));
}

/** The same of a calibration; how sure the network is on average goes into the log. */
export function figuresOf({
  accuracy,
  negativeLogLikelihood,
  expectedError,
  confidence,
}: Calibration): Outcome {
  return {
    test_accuracy: accuracy,
    test_loss: negativeLogLikelihood,
    calibration_error: expectedError,
    confidence,
  };
}
