import * as tf from '@tensorflow/tfjs-core';
import { figureNames, type Figures, logsOf } from '../objective/figures.ts';
import { asScalar } from '../objective/measured.ts';
import type { Objective } from '../objective/objective.ts';
import type { Logs } from '../contract/contexts.ts';

/** Sums and weights of an epoch's figures, kept on the device until the epoch ends. */
export interface Totals {
  /** Step side: a batch's figures as `add` takes them. */
  pack(figures: Figures): tf.Tensor;
  /** Step side: adds a batch's figures. */
  add(packed: tf.Tensor): void;
  /** The figures of all batches so far. */
  means(): Promise<Logs>;
  /** Sums and weights as plain numbers, and back. */
  save(): Promise<SavedTotals>;
  /** The variable and the tensor to assign to it. */
  restoring(saved: SavedTotals): readonly [variable: tf.Variable, value: tf.Tensor];
  /** Begins anew. */
  clear(): void;
  dispose(): void;
}

/** What was added up of each figure, by its name. */
export interface SavedTotals {
  readonly sums: Readonly<Record<string, number>>;
  /** What the sums are divided by. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Totals of an objective's figures; figures that a batch does not have count nothing. */
export function createTotals(objective: Objective): Totals {
  const names = figureNames(objective);
  // One variable for all: an op and an assignment a step, however many figures there are.
  const totals = tf.tidy(() => tf.variable(tf.zeros([2 * names.length]), false));

  const set = (values: readonly number[]): void => tf.tidy(() => totals.assign(tf.tensor1d([...values])));

  async function save(): Promise<SavedTotals> {
    const values = [...(await totals.data())];
    const byName = (from: number): Readonly<Record<string, number>> =>
      Object.fromEntries(names.map((name, at) => [name, values[from + at]!]));
    return { sums: byName(0), weights: byName(names.length) };
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
      return logsOf(objective, (name) => ({ sum: sums[name]!, weight: weights[name]! }));
    },
    save,
    restoring: ({ sums, weights }) => [
      totals,
      tf.tensor1d([...names.map((name) => sums[name] ?? 0), ...names.map((name) => weights[name] ?? 0)]),
    ],
    clear: () => set(Array<number>(2 * names.length).fill(0)),
    dispose: () => totals.dispose(),
  };
}
