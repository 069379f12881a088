import type { HeadDraw } from '../case.ts';
import { classWeightsOf } from '../class-weights.ts';

/** A figure before its division. */
export interface Summed {
  sum: number;
  weight: number;
}

/** The logits of some rows, with what they should be. */
export interface HeadRows {
  readonly logits: Float64Array;
  /** One label a row, or a number for each unit. */
  readonly targets: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

export interface MeasuredHead {
  readonly loss: Summed;
  /** Of `loss.sum` with respect to the logits. */
  readonly gradient: Float64Array;
  readonly metrics: Readonly<Record<string, Summed>>;
}

/** Loss, its gradient and the metrics of an output. `smoothing` is what a plugin smooths by, undefined without one. */
export function measureHead(head: HeadDraw, rows: HeadRows, smoothing: number | undefined): MeasuredHead {
  if (head.loss === 'meanSquaredError') return squares(head.units, rows);
  if (head.loss === 'sigmoidCrossEntropy') return answers(head.units, rows, smoothing ?? 0);
  return classes(head, rows, smoothing);
}

function squares(units: number, { logits, targets, weights }: HeadRows): MeasuredHead {
  const loss = { sum: 0, weight: 0 };
  const gradient = logits.map((value, at) => {
    const weight = weights[Math.floor(at / units)]!;
    const difference = value - targets[at]!;
    loss.sum += weight * difference ** 2;
    loss.weight += weight;
    return 2 * weight * difference;
  });
  return { loss, gradient, metrics: {} };
}

function answers(units: number, { logits, targets, weights }: HeadRows, smoothing: number): MeasuredHead {
  const loss = { sum: 0, weight: 0 };
  const hits = { sum: 0, weight: 0 };
  const gradient = logits.map((value, at) => {
    const weight = weights[Math.floor(at / units)]!;
    const target = targets[at]! * (1 - smoothing) + smoothing / 2;
    loss.sum += weight * (Math.log1p(Math.exp(value)) - target * value);
    loss.weight += weight;
    hits.sum += weight * Number(value > 0 === targets[at]! > 0.5);
    hits.weight += weight;
    return weight * (1 / (1 + Math.exp(-value)) - target);
  });
  return { loss, gradient, metrics: { binaryAccuracy: hits } };
}

type ClassHead = Extract<HeadDraw, { loss: 'softmaxCrossEntropy' | 'smoothedCrossEntropy' }>;

function classes(
  head: ClassHead,
  { logits, targets, weights }: HeadRows,
  plugin: number | undefined,
): MeasuredHead {
  const { units } = head;
  const smoothed = head.loss === 'smoothedCrossEntropy';
  const smoothing = plugin ?? (smoothed ? head.smoothing : 0);
  const perClass = head.classWeights ? classWeightsOf(units) : Array<number>(units).fill(1);
  const loss = { sum: 0, weight: 0 };
  const first = { sum: 0, weight: 0 };
  const two = { sum: 0, weight: 0 };
  const gradient = new Float64Array(logits.length);
  for (let row = 0; row < weights.length; row++) {
    const label = targets[row]!;
    if (smoothed && label === head.ignoreIndex) continue;
    const weight = weights[row]!;
    const own = logits.subarray(row * units, (row + 1) * units);
    const logOfSum = Math.log(own.reduce((sum, value) => sum + Math.exp(value), 0));
    // With a plugin softmaxCrossEntropy is given soft targets, whose mean is over their number.
    const divisor = smoothed || plugin === undefined ? perClass[label]! : 1;
    loss.weight += weight * divisor;
    let spread = 0;
    for (let k = 0; k < units; k++) {
      const share = perClass[k]! * ((k === label ? 1 - smoothing : 0) + smoothing / units);
      spread += share;
      loss.sum += weight * share * (logOfSum - own[k]!);
      gradient[row * units + k]! -= weight * share;
    }
    for (let k = 0; k < units; k++) {
      gradient[row * units + k]! += weight * spread * Math.exp(own[k]! - logOfSum);
    }
    const better = own.filter((value) => value > own[label]!).length;
    first.sum += weight * Number(better < 1);
    two.sum += weight * Number(better < 2);
    first.weight += weight;
    two.weight += weight;
  }
  return { loss, gradient, metrics: { accuracy: first, top2: two } };
}
