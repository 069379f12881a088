/**
 * Times a captured step with one thread in an op and with all, in turns, at batches around which the better of the two
 * changes. Takes some 10 minutes; writes results/step-threads.json, and from it the table of decision 0035.
 *
 *     npm run bench:threads -- [rounds]
 */
import { availableParallelism } from 'node:os';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { type Batch, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { writeGenerated } from '../../generate/write-generated.ts';
import { writeResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import type { StepThreadsResults, ThreadTimes } from '../measuring/result-files.ts';
import { type Case, cases } from '../step/cases/cases.ts';
import { examplesOf } from '../step/cases/examples.ts';
import { contenders } from '../step/contenders/contenders.ts';
import { runCase } from '../step/run-case.ts';

const BATCHES: Readonly<Record<string, readonly number[]>> = {
  mlp: [128, 256, 512],
  cnn: [16, 32, 64],
  mobilenet: [8, 16, 32],
  resnet20: [16, 32, 64],
  'text-cnn': [8, 16, 32],
  decoder: [8, 16, 32],
};

const rounds = Number(process.argv[2] ?? 9);
const threads = availableParallelism();
const [oneThread, allThreads] = ['cantrip-one-thread', 'cantrip-all-threads'].map((name) =>
  contenders.find((one) => one.name === name)!,
);
// Ratios are those of the contender of this name.
const ways = [{ ...oneThread!, name: 'cantrip' }, allThreads!];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
await openDevice('tensorflow');
const results: ThreadTimes[] = [];
for (const [name, batches] of Object.entries(BATCHES)) {
  const one = cases.find((any) => any.name === name)!;
  for (const batch of batches) results.push(await timesOf({ ...one, batch }));
}
writeResult('step-threads', {
  ...measuredHere(),
  what: 'step time with one thread in an op over that with all',
  cases: results.sort((a, b) => a.typical - b.typical),
} satisfies StepThreadsResults);
writeGenerated();

async function timesOf(one: Case): Promise<ThreadTimes> {
  const title = one.title.replace(/, batch.*/, '');
  say(`${title}, batch ${one.batch}`);
  const report = await runCase(one, ways, { rounds, epochRounds: 0, warmUp: 2, threads, say });
  const { cantripRatio } = report.contenders[1]!;
  const typical = await typicalProduct(one);
  say(`  typical product ${typical} FLOP; one thread over all: ${cantripRatio!.median}`);
  return { title, batch: one.batch, typical, oneOverAll: cantripRatio! };
}

/** The work that the rule goes by, from its own reason. */
async function typicalProduct(one: Case): Promise<number> {
  const { values, labels } = examplesOf(one, one.batch);
  const dtype = one.vocabulary === undefined ? 'float32' : 'int32';
  const trainer = createTrainer({
    device: 'tensorflow',
    model: one.model,
    optimizer: sgd({ learningRate: one.learningRate }),
    loss: softmaxCrossEntropy(),
    log: () => undefined,
  });
  const batches = (): Batch[] => [
    {
      inputs: tf.tensor(values, [one.batch, ...one.inputShape], dtype),
      targets: tf.tensor(labels, [one.batch, ...(one.targetShape ?? [])], 'int32'),
    },
  ];
  await trainer.fit({ stepsPerEpoch: 1, batches }, { epochs: 1 });
  const [, million] = /has ([\d.]+) million/.exec(trainer.explain())!;
  trainer.dispose();
  return 1e6 * Number(million);
}
