/**
 * Times training with a look at the loss after every step, and after every 10th and 100th, in turns within one run: how
 * much does `checkLossEvery` cost where steps are short?
 *
 *     npm run bench:loss
 *
 * It writes results/loss-checks.json, and from it the table of decision 0004.
 */
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { writeGenerated } from '../../generate/write-generated.ts';
import { writeResult } from '../measuring/measure.ts';
import { type Case, cases } from '../step/cases/cases.ts';
import { benchDevice } from '../measuring/bench-device.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import type { LossCheckResults } from '../measuring/result-files.ts';
import { ratioSpread, roundedSpread, type Spread } from '../measuring/spread.ts';

const intervals = [1, 10, 100];
const rounds = Number(process.argv[2] ?? 15);

const results: Record<string, Record<string, Spread>> = {};
for (const one of cases.filter(({ name }) => ['mlp', 'cnn', 'fine-tuning'].includes(name))) {
  results[one.name] = await timeCase(one);
}
writeResult('loss-checks', {
  ...measuredHere(),
  what: 'time of training with a look at the loss after so many steps, over that with one after every step',
  cases: results,
} satisfies LossCheckResults);
writeGenerated();

/** The ratios to a look after every step, by the interval. */
async function timeCase(one: Case): Promise<Record<string, Spread>> {
  const turns = await Promise.all(intervals.map((checkLossEvery) => turnOf(one, checkLossEvery)));
  const times: number[][] = intervals.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < turns.length; i++) {
      const place = (i + round + turns.length) % turns.length;
      const milliseconds = await turns[place]!();
      if (round >= 0) times[place]!.push(milliseconds);
    }
  }
  for (const turn of turns) turn.end();
  const ratios = intervals.map((interval, i) => [
    String(interval),
    roundedSpread(ratioSpread(times[i]!, times[0]!)),
  ]);
  return Object.fromEntries(ratios.slice(1)) as Record<string, Spread>;
}

interface Turn {
  (): Promise<number>;
  end(): void;
}

/** A turn trains as many steps as an epoch of the case has. */
async function turnOf(one: Case, checkLossEvery: number): Promise<Turn> {
  const { model, batch, inputShape, learningRate, stepsPerEpoch } = one;
  const trainer: Trainer = createTrainer({
    model,
    optimizer: sgd({ learningRate, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    device: benchDevice,
    checkLossEvery,
    handleInterrupt: false,
  });
  await trainer.open();
  const inputs = tf.randomNormal([batch, ...inputShape], 0, 1, 'float32', 1);
  const targets = tf.randomUniform([batch], 0, 10, 'int32', 2);
  const batches = Array.from({ length: stepsPerEpoch }, () => ({ inputs, targets }));
  let epochs = 0;
  const train = async (): Promise<number> => {
    const started = performance.now();
    await trainer.fit({ stepsPerEpoch, batches: () => batches }, { epochs: ++epochs });
    return performance.now() - started;
  };
  const end = (): void => {
    trainer.dispose();
    tf.dispose([inputs, targets]);
  };
  return Object.assign(train, { end });
}
