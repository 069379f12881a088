/**
 * Times the two ways to replay a captured step, on the same graph and the same inputs, in turns within one run: as a
 * TensorFlow function in the eager context, which is what Cantrip does, and as a session.
 *
 *     npm run bench:replay -- [case …]
 *
 * A run over all cases writes results/replay.json, and from it the table of decision 0004.
 */
import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { writeGenerated } from '../../generate/write-generated.ts';
import { saveResult } from '../measuring/measure.ts';
import { type Case, cases } from '../step/cases/cases.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import type { ReplayResults } from '../measuring/result-files.ts';
import { besideStep } from '../step/replay/session-of-step.ts';
import { roundedSpread, type Spread, spreadOf } from '../measuring/spread.ts';

const names = process.argv.slice(2);
const steps = 60;
const warmUp = 15;

const results: Record<string, Spread & { readonly pairs: number }> = {};
for (const one of cases.filter(({ name }) => names.length === 0 || names.includes(name))) {
  results[one.name] = await timeCase(one);
  process.stdout.write(`${one.title}: function over session ${JSON.stringify(results[one.name])}\n`);
}
if (names.length === 0) {
  saveResult('replay', {
    ...measuredHere(),
    functionOverSession: results,
  } satisfies ReplayResults);
  writeGenerated();
}

async function timeCase({
  model,
  batch,
  inputShape,
  learningRate,
}: Case): Promise<Spread & { readonly pairs: number }> {
  const trainer = createTrainer({
    model,
    optimizer: sgd({ learningRate, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    device: 'tensorflow',
    capture: true,
  });
  const { device } = await trainer.open();
  const times: [fn: number, session: number][] = [];
  const end = besideStep(device.library!, (session, execute) => {
    const [a, b] = times.length % 2 === 0 ? [execute, session.run] : [session.run, execute];
    const [first, second] = [milliseconds(a), milliseconds(b)];
    times.push(times.length % 2 === 0 ? [first, second] : [second, first]);
  });
  const inputs = tf.randomNormal([batch, ...inputShape], 0, 1, 'float32', 1);
  const targets = tf.randomUniform([batch], 0, 10, 'int32', 2);
  await trainer.fit(
    { stepsPerEpoch: steps, batches: () => Array.from({ length: steps }, () => ({ inputs, targets })) },
    { epochs: 1 },
  );
  const ratio = spreadOf(times.slice(warmUp).map(([fn, session]) => fn / session));
  end();
  trainer.dispose();
  return { ...roundedSpread(ratio), pairs: times.length - warmUp };
}

function milliseconds(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}
