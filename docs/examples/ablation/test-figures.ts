import type { Figure, Outcome } from '@cantrip/ablation';
import type { Dataset } from '@cantrip/data';
import { type Calibration, calibrationOf } from '@cantrip/label-smoothing';
import type { Trainer } from '@cantrip/trainer';

/** The figures of {@link figuresOn}, the main figure first. A network that diverged counts as a guess. */
export const figures: readonly Figure[] = [
  { name: 'test_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
  { name: 'test_loss', better: 'lower', whenDiverged: Math.log(10) },
  // A guess is perfectly calibrated, so a network that diverged has no calibration error.
  { name: 'calibration_error', better: 'lower', percent: true },
];

/** Accuracy, cross-entropy and calibration error on the test images. */
export async function figuresOn(trainer: Trainer, test: Dataset): Promise<Outcome> {
  return figuresOf(await calibrationOf(trainer, test));
}

/** The figures of a calibration. Also logs the average confidence of the network. */
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
