const BINS = 15;

/**
 * The expected calibration error: how far a network's confidence lies from its accuracy, over 15 equal bins of
 * confidence, weighted by their examples.
 *
 * @param logits - row by row, one row for each label
 * @see Guo et al., On calibration of modern neural networks, https://arxiv.org/abs/1706.04599
 */
export function calibrationError(logits: readonly number[], labels: readonly number[]): number {
  const classes = logits.length / labels.length;
  const bins = Array.from({ length: BINS }, () => ({ confidence: 0, correct: 0 }));
  labels.forEach((label, example) => {
    const row = logits.slice(example * classes, (example + 1) * classes);
    const highest = Math.max(...row);
    const confidence = 1 / row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
    // A bin holds its upper end, so that certainty is in the last.
    const bin = bins[Math.max(0, Math.ceil(confidence * BINS) - 1)]!;
    bin.confidence += confidence;
    bin.correct += Number(row.indexOf(highest) === label);
  });
  return (
    bins.reduce((sum, { confidence, correct }) => sum + Math.abs(confidence - correct), 0) / labels.length
  );
}
