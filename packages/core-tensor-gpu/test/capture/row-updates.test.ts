import { captureStep } from '@cantrip/core-tensor-gpu';
import { descendInPlace } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireDevice } from '../require-device.ts';

const device = await requireDevice('tensorflow');

const ROWS = 40;
const WIDTH = 3;
const learningRate = tf.scalar(0.3);
/** Row 7 is taken three times. */
const batches = [
  [7, 2, 7, 39, 0, 7],
  [5, 5, 1, 2, 30, 7],
  [0, 0, 0, 0, 0, 0],
];

type Table = tf.Variable;
interface Fed {
  readonly at: tf.Tensor;
  readonly factors: tf.Tensor;
}
type Gradient = (table: Table, fed: Fed) => tf.Tensor;

/** Numbers whose sums are rounded. */
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 12.9898 * i) / 3);
const newTable = (): Table =>
  tf.tidy(() => tf.variable(tf.tensor2d(numbers(ROWS * WIDTH, 1), [ROWS, WIDTH])));
const bits = (tensor: tf.Tensor): number[] => [
  ...new Uint32Array((tensor.dataSync() as Float32Array).slice().buffer),
];

const weighted = (rows: tf.Tensor, factors: tf.Tensor): tf.Scalar => tf.sum(tf.mul(rows, factors));
const lookUp: Gradient = (table, { at, factors }) =>
  tf.grad((x) => weighted(tf.gather(x, at), factors))(table);

const feeds = (batch: number): { at: tf.Tensor; factors: tf.Tensor } => ({
  at: tf.tensor1d(batches[batch]!, 'int32'),
  factors: tf.tensor2d(numbers(6 * WIDTH, 5 + batch), [6, WIDTH]),
});

/** Trains on all batches, twice. `whole` hides from the recorder where the gradient came from. */
function train(
  gradient: Gradient,
  whole: boolean,
  rate = learningRate,
): { table: number[]; operations: number } {
  const table = newTable();
  const step = captureStep((fed: Fed) => {
    const of = gradient(table, fed);
    descendInPlace(table, whole ? tf.maximum(of, -Infinity) : of, { learningRate: rate });
    return tf.scalar(0);
  });
  for (const batch of [0, 1, 2, 0, 1, 2]) tf.tidy(() => void step.runSync(feeds(batch)));
  const result = { table: bits(table), operations: step.operations };
  step.dispose();
  table.dispose();
  return result;
}

/** The rows that change at a learning rate of infinity: `infinity * 0` is NaN in an update of the whole table. */
function changedRows(gradient: Gradient, batch = 0): number[] {
  const table = newTable();
  const step = captureStep((fed: Fed) => {
    descendInPlace(table, gradient(table, fed), { learningRate: tf.scalar(Infinity) });
    return tf.scalar(0);
  });
  tf.tidy(() => void step.runSync(feeds(batch)));
  const rows = table.arraySync() as number[][];
  step.dispose();
  table.dispose();
  return rows.flatMap((row, at) => (row.every(Number.isFinite) ? [] : [at]));
}

const everyRow = Array.from({ length: ROWS }, (_, row) => row);
const taken = (batch: number): number[] => [...new Set(batches[batch])].sort((a, b) => a - b);

const ofRowsAlone: Record<string, Gradient> = {
  'one lookup': lookUp,
  'a lookup by a matrix of indices': (table, { at, factors }) =>
    tf.grad((x) => weighted(tf.reshape(tf.gather(x, tf.reshape(at, [2, 3])), [6, WIDTH]), factors))(table),
  'two lookups of one table': (table, { at, factors }) =>
    tf.grad((x) =>
      tf.add<tf.Scalar>(
        weighted(tf.gather(x, at), factors),
        weighted(tf.square(tf.gather(x, tf.reverse(at))), factors),
      ),
    )(table),
  'three lookups of one table': (table, { at, factors }) =>
    tf.grad((x) => {
      const slices = [0, 2, 4].map((from) => tf.gather(x, tf.slice(at, [from], [2])));
      return weighted(tf.concat([...slices].reverse()), factors);
    })(table),
  'a gradient times a number': (table, fed) => tf.mul(lookUp(table, fed), tf.mean(fed.factors)),
  'a number times a gradient': (table, fed) => tf.mul(0.25, lookUp(table, fed)),
};

const ofTheWholeTable: Record<string, Gradient> = {
  'a gradient with noise': (table, fed) => tf.add(lookUp(table, fed), 1e-3),
  'weight decay': (table, fed) => tf.add(lookUp(table, fed), tf.mul(table, 0.1)),
  'a gradient times its own values': (table, fed) => tf.square(lookUp(table, fed)),
  'a table that is also a matrix of the model': (table, { at }) =>
    tf.grad((x) => weighted(tf.matMul(tf.gather(x, at), x as tf.Tensor2D, false, true), tf.ones([6, ROWS])))(
      table,
    ),
  'a table that another op reads too': (table, fed) => {
    const size = tf.sum(table);
    return tf.mul(lookUp(table, fed), tf.div(size, size));
  },
  'a segment sum by numbers that no lookup has checked': (table, { at, factors }) => {
    const lost = tf.mul(tf.cast(tf.sum(tf.gather(table, at)), 'int32'), tf.scalar(0, 'int32'));
    return tf.unsortedSegmentSum(factors, tf.add<tf.Tensor1D>(at, lost), ROWS);
  },
  'a lookup along the other axis': (table, { factors }) =>
    tf.grad((x) => tf.sum(tf.mul(tf.gather(x, tf.tensor1d([0, 2], 'int32'), 1), tf.mean(factors))))(table),
};

describe.skipIf(!device)('the update of a table from which a step takes rows', () => {
  let tensors = 0;
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => expect(tf.memory().numTensors).toBe(tensors));

  it.each(Object.entries(ofRowsAlone))(
    'changes these rows alone for %s, in every bit as for all rows',
    (_, gradient) => {
      for (const batch of [0, 1, 2]) expect(changedRows(gradient, batch)).toEqual(taken(batch));
      expect(train(gradient, false).table).toEqual(train(gradient, true).table);
    },
  );

  it.each(Object.entries(ofTheWholeTable))('changes all rows for %s', (_, gradient) => {
    expect(changedRows(gradient)).toEqual(everyRow);
    expect(train(gradient, false).table).toEqual(train(gradient, true).table);
  });

  it('changes all rows where the step takes more than half of them, which takes no longer', () => {
    const many: Gradient = (table, { at, factors }) =>
      tf.grad((x) => {
        const indices = tf.concat([at, at, at, at]);
        return weighted(tf.gather(x, indices), tf.concat([factors, factors, factors, factors]));
      })(table);
    expect(changedRows(many)).toEqual(everyRow);
  });

  it('leaves clones and readings of the table as they were', () => {
    const table = newTable();
    const step = captureStep((fed: Fed) => {
      const before = tf.clone(table);
      descendInPlace(table, lookUp(table, fed), { learningRate });
      return { before, sum: tf.sum(table) };
    });
    tf.tidy(() => {
      for (const batch of [0, 1, 2]) {
        const [clone, values] = [tf.clone(table), bits(table)];
        const { before, sum } = step.runSync(feeds(batch));
        expect(bits(clone)).toEqual(values);
        expect(bits(before)).toEqual(values);
        expect(bits(table)).not.toEqual(values);
        expect(sum.dataSync()[0]).toBeCloseTo(tf.sum(table).dataSync()[0]!, 5);
      }
    });
    step.dispose();
    table.dispose();
  });

  it('comes after each lookup of the step, and before the lookups that follow it', () => {
    const table = newTable();
    const step = captureStep(({ at, factors }: Fed) => {
      const before = tf.gather(table, at);
      descendInPlace(table, lookUp(table, { at, factors }), { learningRate });
      return { before, after: tf.gather(table, at) };
    });
    tf.tidy(() => {
      for (const batch of [0, 1]) {
        const { at, factors } = feeds(batch);
        const old = bits(tf.gather(table, at));
        const { before, after } = step.runSync({ at, factors });
        expect(bits(before)).toEqual(old);
        expect(bits(after)).toEqual(bits(tf.gather(table, at)));
        expect(bits(after)).not.toEqual(old);
      }
    });
    step.dispose();
    table.dispose();
  });

  it('takes what other code assigns, and a second update in the same step', () => {
    const run = (whole: boolean): number[] => {
      const table = newTable();
      const step = captureStep((fed: Fed) => {
        const gradient = (): tf.Tensor => tf.maximum(lookUp(table, fed), whole ? -Infinity : -1e9);
        descendInPlace(table, whole ? gradient() : lookUp(table, fed), { learningRate });
        descendInPlace(table, gradient(), { learningRate });
        return tf.scalar(0);
      });
      tf.tidy(() => {
        step.runSync(feeds(0));
        table.assign(tf.mul(table, 2));
        step.runSync(feeds(1));
      });
      const result = bits(table);
      step.dispose();
      table.dispose();
      return result;
    };
    expect(run(false)).toEqual(run(true));
  });

  it('refuses an index out of range as before, and changes nothing', () => {
    const table = newTable();
    const step = captureStep((fed: Fed) => {
      descendInPlace(table, lookUp(table, fed), { learningRate });
      return tf.scalar(0);
    });
    const before = bits(table);
    tf.tidy(() => {
      for (const wrong of [ROWS, -1]) {
        const { factors } = feeds(0);
        expect(() => step.runSync({ at: tf.tensor1d([0, 1, wrong, 2, 3, 4], 'int32'), factors })).toThrow(
          `[gather] index ${wrong} at [2] is not in [0, ${ROWS})`,
        );
      }
      expect(bits(table)).toEqual(before);
      step.runSync(feeds(0));
      expect(bits(table)).not.toEqual(before);
    });
    step.dispose();
    table.dispose();
  });

  it('can be taken back where the call is the first', () => {
    const [table, other] = [newTable(), newTable()];
    const failing = captureStep((fed: Fed) => {
      descendInPlace(table, lookUp(table, fed), { learningRate });
      return tf.gather(other, tf.add<tf.Tensor1D>(fed.at, tf.scalar(ROWS, 'int32')));
    });
    const before = bits(table);
    tf.tidy(() => {
      expect(() => failing.runSync(feeds(0))).toThrow('is not in [0, 40)');
      expect(bits(table)).toEqual(before);
    });
    failing.dispose();
    tf.dispose([table, other]);
  });

  it('is one of the whole table with XLA, with the same result', () => {
    const table = newTable();
    const step = captureStep(
      (fed: Fed) => {
        descendInPlace(table, lookUp(table, fed), { learningRate });
        return tf.scalar(0);
      },
      { compile: 'xla' },
    );
    for (const batch of [0, 1, 2, 0, 1, 2]) tf.tidy(() => void step.runSync(feeds(batch)));
    const plain = new Float32Array(Uint32Array.from(train(lookUp, false).table).buffer);
    table.dataSync().forEach((value, at) => expect(value).toBeCloseTo(plain[at]!, 5));
    step.dispose();
    table.dispose();
  });
});
