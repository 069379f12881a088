import { CantripError } from '@cantrip/errors';

/** A batch on the host. */
export interface HostPredictions {
  /** Class indices, or one number for each class. */
  readonly labels: ArrayLike<number>;
  readonly outputs: ArrayLike<number>;
  readonly sparse: boolean;
  readonly classes: number;
  /**
   * One weight for each prediction. If there are fewer weights, each is for an equal number of predictions in a row.
   * 1 if absent.
   */
  readonly weights?: ArrayLike<number> | undefined;
}

export interface PredictionOptions {
  readonly from: 'logits' | 'probabilities';
  readonly ignoreIndex?: number | undefined;
}

export interface Prediction {
  /** The weight, above 0. */
  readonly weight: number;
  readonly confidence: number;
  readonly isRight: boolean;
  readonly logLikelihood: number;
  readonly brier: number;
  /** The probability of each class, and whether it is the true class. */
  classes(): readonly { readonly index: number; readonly probability: number; readonly isTrue: boolean }[];
}

/** The predictions of a softmax: one for each row. */
export function* classPredictions(
  { labels, outputs, sparse, classes, weights }: HostPredictions,
  { from, ignoreIndex }: PredictionOptions,
): Iterable<Prediction> {
  const rows = outputs.length / classes;
  for (let row = 0; row < rows; row++) {
    const weight = weightAt(weights, row, rows);
    // Rows with the weight 0 may hold invalid values.
    if (weight === 0) continue;
    const label = sparse ? labels[row]! : likeliest(slice(labels, row, classes));
    if (sparse && label === ignoreIndex) continue;
    if (!(label >= 0 && label < classes)) throw outOfRange(label, classes);
    const given = slice(outputs, row, classes);
    const logs = from === 'logits' ? logSoftmax(given) : given.map((share) => Math.log(probability(share)));
    const shares = from === 'logits' ? logs.map(Math.exp) : given;
    const best = likeliest(given);
    if (shares.some(Number.isNaN)) throw notNumbers(given, row);
    yield {
      weight,
      confidence: shares[best]!,
      isRight: best === label,
      logLikelihood: logs[label]!,
      brier: shares.reduce((sum, share, index) => sum + (share - (index === label ? 1 : 0)) ** 2, 0),
      classes: () => shares.map((probability, index) => ({ index, probability, isTrue: index === label })),
    };
  }
}

/** The predictions of a sigmoid: one for each element. */
export function* binaryPredictions(
  { labels, outputs, sparse, classes, weights }: HostPredictions,
  { from, ignoreIndex }: PredictionOptions,
): Iterable<Prediction> {
  for (let i = 0; i < outputs.length; i++) {
    const weight = weightAt(weights, i, outputs.length);
    if (weight === 0) continue;
    const index = i % classes;
    const label = labels[sparse ? Math.floor(i / classes) : i]!;
    if (label === ignoreIndex) continue;
    if (sparse && !(label >= 0 && label < classes)) throw outOfRange(label, classes);
    const isTrue = sparse ? label === index : label > 0.5;
    const share = from === 'logits' ? 1 / (1 + Math.exp(-outputs[i]!)) : probability(outputs[i]!);
    if (Number.isNaN(share)) throw notNumbers([outputs[i]!], Math.floor(i / classes));
    yield {
      weight,
      confidence: share,
      isRight: isTrue,
      logLikelihood:
        from === 'logits'
          ? -softplus(isTrue ? -outputs[i]! : outputs[i]!)
          : Math.log(isTrue ? share : 1 - share),
      brier: (share - (isTrue ? 1 : 0)) ** 2,
      classes: () => [{ index, probability: share, isTrue }],
    };
  }
}

const weightAt = (weights: ArrayLike<number> | undefined, at: number, count: number): number =>
  weights === undefined ? 1 : weights[Math.floor((at * weights.length) / count)]!;

const slice = (values: ArrayLike<number>, row: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => values[row * size + i]!);

/** The index of the largest value; the first one if several are equal. */
const likeliest = (values: readonly number[]): number =>
  values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);

function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  return logits.map((logit) => logit - most - logSum);
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

function probability(value: number): number {
  if (!(value < 0 || value > 1)) return value;
  throw new CantripError('OPTION_INVALID', {
    who: 'calibrationMeter',
    what: `outputs must be probabilities from 0 to 1, got ${value}`,
    fix: "Set from: 'logits', or apply the softmax or sigmoid to the outputs",
  });
}

function notNumbers(outputs: readonly number[], row: number): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'calibrationMeter',
    what: `the outputs of row ${row} are ${outputs.slice(0, 4).join(', ')}${outputs.length > 4 ? ', …' : ''}, which cannot become probabilities`,
    fix: 'Look for NaN or infinite numbers in the data and in the weights of the model',
  });
}

function outOfRange(label: number, classes: number): CantripError {
  return new CantripError('LABEL_OUT_OF_RANGE', {
    who: 'calibrationMeter',
    what: `labels must be from 0 to ${classes - 1}, because the outputs have ${classes} classes, got ${label}`,
    fix: 'Correct the labels, or set ignoreIndex to this number',
  });
}
