import * as tf from '@tensorflow/tfjs-core';
import { complement, type PerClass, product, total } from '../per-class.ts';
import { type ClassEntries, ofOwnClass } from './class-entries.ts';
import { park } from './parked.ts';

export interface SoftmaxTerms {
  /** How much of a class's label is spread. */
  readonly share: PerClass;
  /** What it is spread over: has the sum 1. */
  readonly prior: PerClass;
  /** Class weights. */
  readonly weights: PerClass;
}

/**
 * Cross-entropy of logits `[N, K]` with smoothed class indices, for each row.
 *
 * With y a row's class, s its share, w the weights, u the prior and `logp = log_softmax(logits)`:
 *
 *     (1 - s_y) w_y (-logp_y) + s_y sum_k w_k u_k (-logp_k)
 *
 * and its gradient is `(own + s_y sum(w u)) softmax - s_y w u`, with `own = (1 - s_y) w_y` taken off at y. Of size
 * `[N, K]` there is one tensor at a time in the forward pass, which is freed, and nothing but the logits is kept.
 */
export function softmaxOfIndices(logits: tf.Tensor, entries: ClassEntries, terms: SoftmaxTerms): tf.Tensor {
  const classes = logits.shape[1]!;
  const share = ofOwnClass(terms.share, entries);
  const own = product(complement(share), ofOwnClass(terms.weights, entries));
  const spread = product(terms.weights, terms.prior);
  const all = sumOverClasses(spread, classes);
  const mass = share === 0 ? own : total(own, product(share, all));
  const factors = park([own, share, spread, mass]);
  return tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    (save as tf.GradSaveFunc)([given, entries.positions, ...factors.tensors]);
    return {
      value: rowsOf(given, entries.positions, { own, share, spread }),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [logits, positions, ...rest] = saved as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
        const [own, share, spread, mass] = factors.back(rest);
        const base = tf.mul(tf.softmax(logits), column(product(upstream, mass)));
        const smooth = share === 0 ? base : tf.sub(base, tf.mul(column(product(upstream, share)), spread));
        const atClass = tf.sub(tf.gatherND(smooth, positions), product(upstream, own));
        return [tf.tensorScatterUpdate(smooth, positions, atClass)];
      },
    };
  })(logits);
}

interface Factors {
  readonly own: PerClass;
  readonly share: PerClass;
  readonly spread: PerClass;
}

function rowsOf(logits: tf.Tensor, positions: tf.Tensor, { own, share, spread }: Factors): tf.Tensor {
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  const logSum = tf.log(tf.sum(tf.exp(shifted), -1));
  const sharp = product(tf.sub(logSum, tf.gatherND(shifted, positions)), own) as tf.Tensor;
  if (share === 0) return sharp;
  const overClasses =
    typeof spread === 'number' ? tf.mul(tf.sum(shifted, -1), spread) : tf.sum(tf.mul(shifted, spread), -1);
  const smooth = tf.sub(tf.mul(logSum, sumOverClasses(spread, logits.shape[1]!)), overClasses);
  return tf.add(sharp, tf.mul(smooth, share));
}

function sumOverClasses(values: PerClass, classes: number): PerClass {
  if (typeof values === 'number') return values * classes;
  return values.rank === 0 ? tf.mul(values, classes) : tf.sum(values);
}

/** `[N]` as `[N, 1]`; a number or scalar as it is. */
const column = (values: PerClass): PerClass =>
  typeof values === 'number' || values.rank === 0 ? values : tf.expandDims(values, 1);
