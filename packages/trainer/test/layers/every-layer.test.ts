import { arrayDataset, type Dataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { exportsIn } from './build-layer.ts';
import { goldenLayers } from './golden-layers.ts';
import { type LayerRow, modelOfRow } from './layer-row.ts';
import { exportsElsewhere, moreRows } from './more-rows.ts';
import { layerWays, type Way } from './ways.ts';

const rows: Readonly<Record<string, LayerRow>> = { ...goldenLayers.cases.rows, ...moreRows };
const examples = 32;

/** Numbers that look random and are the same everywhere. */
function numbers(count: number, low: number, high: number): number[] {
  let state = 1;
  return Array.from(
    { length: count },
    () => low + ((state = (state * 16807) % 2147483647) / 2147483647) * (high - low),
  );
}

function dataOf({ shape, kind }: LayerRow): Dataset {
  const count = shape.reduce((product, side) => product * side, examples);
  const values =
    kind === 'int'
      ? Int32Array.from(numbers(count, 0, 6.99), Math.floor)
      : Float32Array.from(numbers(count, -1, 1));
  if (kind === 'padded') {
    // The last two times of every other series.
    const one = count / examples;
    for (let i = 0; i < examples; i += 2) values.fill(0, (i + 1) * one - 2 * shape.at(-1)!, (i + 1) * one);
  }
  return arrayDataset({
    inputs: { values, shape: [examples, ...shape] },
    targets: { values: Float32Array.from(numbers(examples * 2, 0, 1)), shape: [examples, 2] },
    batchSize: 8,
    shuffle: true,
  });
}

/** The loss of each of three epochs, and of validation behind it; what the trainer had to tell. */
async function train(row: LayerRow, way: Way): Promise<{ losses: number[]; told: string[] }> {
  const told: string[] = [];
  const trainer = createTrainer({
    ...way,
    model: () => modelOfRow(row),
    // Adam would make steps of the rounding of gradients that are 0, e.g. of a bias before a batch normalisation.
    optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
    loss: meanSquaredError(),
    plugins: [seed({ value: 3 })],
    handleInterrupt: false,
    reporter: false,
    log: (message) => told.push(message),
  });
  try {
    const data = dataOf(row);
    const { epochs } = await trainer.fit(data, { epochs: 3, validation: data });
    return { losses: epochs.flatMap(({ loss, validation_loss }) => [loss!, validation_loss!]), told };
  } finally {
    trainer.dispose();
  }
}

async function inTurn<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  for (const task of tasks) results.push(await task());
  return results;
}

it('every export of tf.layers has a row', () => {
  const covered = new Set([
    ...exportsElsewhere,
    ...exportsIn(Object.values(rows).map(({ layers }) => layers)),
  ]);
  expect(Object.keys(tfl.layers).filter((name) => !covered.has(name))).toEqual([]);
});

describe('three epochs and their validations', async () => {
  const ways = await layerWays();
  it.each(Object.entries(rows))('%s: the losses are the same in every way of running', async (_, row) => {
    const [first, ...others] = await inTurn(
      ways.map(
        ([, way]) =>
          () =>
            train(row, way),
      ),
    );
    expect(first!.told).toEqual([]);
    for (const { losses, told } of others) {
      expect(told).toEqual([]);
      expect(losses).toHaveLength(6);
      for (const [i, loss] of losses.entries()) {
        expect(
          Math.abs(loss / first!.losses[i]! - 1),
          `loss ${i}: ${loss}, ${first!.losses[i]}`,
        ).toBeLessThan(2e-3);
      }
    }
  });
});
