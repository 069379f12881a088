import { arrayDataset } from '@cantrip/data';
import { type Case, RUN_SEED } from './case.ts';

/** The examples of each epoch in the order of their training, read from a dataset of their numbers in one batch. */
export async function epochOrders({ data, run }: Case): Promise<readonly ArrayLike<number>[]> {
  const values = Float32Array.from({ length: data.examples }, (_, index) => index);
  const numbers = { values, shape: [data.examples, 1] };
  const { shuffle, examples: batchSize } = data;
  const source = arrayDataset({ inputs: numbers, targets: numbers, batchSize, shuffle });
  const orders: ArrayLike<number>[] = [];
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    for await (const { inputs } of source.batches({ seed: RUN_SEED, epoch, start: 0 })) {
      orders.push((inputs as { values: Float32Array }).values);
    }
  }
  return orders;
}
