import * as tf from '@tensorflow/tfjs-core';
import { figureNames, type Figures, logsOf } from '../objective/figures.ts';
import { asScalar } from '../objective/measured.ts';
import { meansOf, metricName, type Objective, talliesOf } from '../objective/objective.ts';
import { createHostTallies } from '../objective/tally/host-tallies.ts';
import type { Logs } from '../contract/contexts.ts';
import type { SavedTotals } from '../contract/snapshot.ts';

/** Sums and weights of an epoch's figures. They stay on the device until the epoch ends. */
export interface Totals {
  /** In the step: packs a batch's figures for `add`. */
  pack(figures: Figures): tf.Tensor;
  /** In the step: adds a batch's figures. */
  add(packed: tf.Tensor): void;
  /** Receives what the step returned for metrics that are totalled on the host. It disposes the tensors. */
  take(tallies: readonly tf.Tensor[]): void;
  /** Reads what `take` received, if it is much. */
  look(): Promise<void>;
  /** Reads all that `take` received. */
  flush(): Promise<void>;
  /** Returns the figures of all batches so far. */
  means(): Promise<Logs>;
  /** Returns those figures of all batches so far that are means. The next step need not wait for the promise. */
  meansSoFar(): Promise<Logs>;
  /** Returns sums and weights as plain numbers. */
  save(): Promise<SavedTotals>;
  /** Returns the variable and the tensor to assign to it, for saved sums and weights. */
  restoring(saved: SavedTotals): readonly [variable: tf.Variable, value: tf.Tensor];
  /** Sets what is totalled on the host. */
  restoreTallies(saved: SavedTotals): void;
  /** Sets everything to 0. */
  clear(): void;
  dispose(): void;
}

/** Creates totals for an objective's figures. A figure that a batch does not have adds nothing. */
export function createTotals(objective: Objective): Totals {
  const names = figureNames(objective);
  const named = talliesOf(objective).map(([output, metric]) => [metricName(output, metric), metric] as const);
  const tallies = createHostTallies(named);
  // One variable holds all figures, so a step needs one op and one assignment for all of them.
  const totals = tf.tidy(() => tf.variable(tf.zeros([2 * names.length]), false));

  const set = (values: readonly number[]): void => tf.tidy(() => totals.assign(tf.tensor1d([...values])));

  /** Sums and weights of the packed values. */
  function byName(values: ArrayLike<number>): Pick<SavedTotals, 'sums' | 'weights'> {
    const from = (start: number): Readonly<Record<string, number>> =>
      Object.fromEntries(names.map((name, at) => [name, values[start + at]!]));
    return { sums: from(0), weights: from(names.length) };
  }

  async function save(): Promise<SavedTotals> {
    const reading = totals.data();
    await tallies.flush();
    return { ...byName(await reading), ...(named.length > 0 && { tallies: tallies.save() }) };
  }

  return {
    pack: (figures) =>
      tf.tidy(() => {
        const sums = names.map((name) => figures[name]?.sum ?? 0);
        const weights = names.map((name) => figures[name]?.weight ?? 0);
        return tf.stack([...sums, ...weights].map(asScalar));
      }),
    add: (packed) => tf.tidy(() => totals.assign(tf.add(totals, packed))),
    async means() {
      const { sums, weights } = await save();
      return logsOf(
        objective,
        (name) => ({ sum: sums[name]!, weight: weights[name]! }),
        (name, metric) => metric.figure(tallies.kept(name)),
      );
    },
    async meansSoFar() {
      // The next step assigns another tensor to the variable.
      const now = tf.keep(tf.clone(totals));
      try {
        const { sums, weights } = byName(await now.data());
        return logsOf(
          { ...objective, metrics: meansOf(objective) },
          (name) => ({ sum: sums[name]!, weight: weights[name]! }),
          () => 0,
        );
      } finally {
        now.dispose();
      }
    },
    save,
    restoring: ({ sums, weights }) => [
      totals,
      tf.tensor1d([...names.map((name) => sums[name] ?? 0), ...names.map((name) => weights[name] ?? 0)]),
    ],
    restoreTallies: ({ tallies: saved = {} }) => tallies.restore(saved),
    take: tallies.take,
    look: tallies.look,
    flush: tallies.flush,
    clear() {
      set(Array<number>(2 * names.length).fill(0));
      tallies.clear();
    },
    dispose() {
      totals.dispose();
      tallies.clear();
    },
  };
}
