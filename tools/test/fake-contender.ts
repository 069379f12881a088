/**
 * A contender that computes nothing: it answers with the losses that its options name, and notes in a file which turn
 * it is given.
 */
import { appendFileSync } from 'node:fs';
import { readGiven } from '../benchmarks/step/contenders/given.ts';
import { serve } from '../benchmarks/step/contenders/serve.ts';

const { name, losses, notes } = readGiven().options as {
  readonly name: string;
  readonly losses: readonly number[];
  readonly notes: string;
};
const note = (what: string): void => appendFileSync(notes, `${name} ${what}\n`);
let steps = 0;

await serve(() =>
  Promise.resolve({
    versions: { fake: '1' },
    train: (batches) => {
      note(batches.length > 1 ? `trains on ${batches.join(' ')}` : 'steps once');
      const loss = losses[steps % losses.length]!;
      steps += batches.length;
      return Promise.resolve(loss);
    },
    epoch: () => Promise.resolve(note('epoch')),
    product: () => Promise.resolve(),
  }),
);
