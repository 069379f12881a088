import { checkCalibration } from './check-calibration.ts';
import type { Calibration } from './calibration.ts';

const WIDTH = 40;

/**
 * Draws a reliability diagram as text for the terminal, with one line for each bin that has predictions. The bar is
 * the accuracy; `|` marks the confidence.
 *
 * @example
 * ```ts
 * console.log(reliabilityChart(await calibrationOf(trainer, test)));
 * // confidence   accuracy                                       predictions
 * // 0.80 - 0.90  #############################      |     72 %           118
 * // 0.90 - 1.00  ####################################   |  90 %          1204
 * // ECE 7.4 %, MCE 13.1 %, accuracy 88.4 %, confidence 95.1 %
 * ```
 */
export function reliabilityChart(calibration: Calibration): string {
  checkCalibration('reliabilityChart', calibration);
  const { bins, expectedError, maximumError, accuracy, confidence } = calibration;
  const lines = bins
    .filter(({ count }) => count > 0)
    .map(
      (bin) =>
        `${bin.low.toFixed(2)} - ${bin.high.toFixed(2)}  ${bar(bin.accuracy, bin.confidence)} ${whole(bin.accuracy)}  ${String(bin.count).padStart(11)}`,
    );
  return [
    `confidence   ${'accuracy'.padEnd(WIDTH + 7)}  predictions`,
    ...lines,
    `ECE ${exact(expectedError)}, MCE ${exact(maximumError)}, accuracy ${exact(accuracy)}, confidence ${exact(confidence)}`,
  ].join('\n');
}

function bar(accuracy: number, confidence: number): string {
  const filled = Math.round(accuracy * WIDTH);
  const mark = Math.round(confidence * WIDTH);
  return Array.from({ length: WIDTH + 1 }, (_, i) => (i === mark ? '|' : i < filled ? '#' : ' ')).join('');
}

const whole = (share: number): string => `${(100 * share).toFixed(0).padStart(3)} %`;

const exact = (share: number): string => `${(100 * share).toFixed(1)} %`;
