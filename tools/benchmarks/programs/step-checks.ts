/**
 * Times whole captured steps of a trainer over the replays of their recordings alone, in turns: how much do the checks
 * before each step cost? The rest of a step is uploading, reading the loss, hooks, and giving timers their turn.
 *
 *     npm run bench:checks
 *
 * It writes results/step-checks.json, and from it the table of decision 0020.
 */
import { sgd } from '@cantrip/optimizers';
import type { HostBatch } from '@cantrip/ops';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { writeGenerated } from '../../generate/write-generated.ts';
import { markdownTable } from '../../markdown/markdown-table.ts';
import { replayClock } from '../checks/replay-clock.ts';
import { timeWithin } from '../checks/time-within.ts';
import { saveResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import type { CheckedStep, StepCheckResults } from '../measuring/result-files.ts';
import { ratioSpread, roundedSpread, spreadOf } from '../measuring/spread.ts';
import { spread } from '../step/page/figures.ts';

const rounds = 21;
const steps = 300;

/** What looks at each step before it runs, by what it looks at. */
const checks = {
  'plain values of layers': { file: 'structure-of-values.ts', functionName: 'now' },
  'shapes and dtypes of what is fed': { file: 'recording-entry.ts', functionName: 'signatureOf' },
  'variables and tensors still there': { file: 'recording-entry.ts', functionName: 'isCurrent' },
  'form of what is fed': { file: 'check-call.ts', functionName: 'checkFeeds' },
  'form of the batch': { file: 'prepare-batch.ts', functionName: 'prepareBatch' },
  'batch against the model': { file: 'check-batch.ts', functionName: 'check' },
  'class indices': { file: 'check-labels.ts', functionName: 'checkLabels' },
  'what is trained': { file: 'call-hooks.ts', functionName: 'callStructures' },
  'states of recurrent layers': { file: 'states-before.ts', functionName: 'statesBefore' },
} as const;

const models: Readonly<Record<string, () => LayersModel>> = {
  '2 dense layers': () =>
    sequential({
      layers: [
        layers.dense({ units: 32, activation: 'relu', inputShape: [64] }),
        layers.dense({ units: 10 }),
      ],
    }),
  '50 layers, dense and activation in turns': () =>
    sequential({
      layers: [
        layers.dense({ units: 32, inputShape: [64] }),
        ...Array.from({ length: 24 }, () => [
          layers.activation({ activation: 'relu' }),
          layers.dense({ units: 32 }),
        ]).flat(),
        layers.dense({ units: 10 }),
      ],
    }),
};

const names = Object.keys(models);
const turns = await Promise.all(names.map((name) => turnOf(models[name]!)));
const clock = replayClock();
const [whole, replays]: [number[][], number[][]] = [names.map(() => []), names.map(() => [])];
for (let round = -2; round < rounds; round++) {
  for (const [i, turn] of turns.entries()) {
    clock.take();
    const started = performance.now();
    await turn.train();
    const milliseconds = performance.now() - started;
    const replayed = clock.take();
    if (round < 0) continue;
    whole[i]!.push(milliseconds / steps);
    replays[i]!.push(replayed / steps);
  }
}
const cases: Record<string, CheckedStep> = {};
for (const [i, name] of names.entries()) {
  const shares = await timeWithin(() => turns[i]!.train(), checks);
  cases[name] = {
    wholeOverReplay: roundedSpread(ratioSpread(whole[i]!, replays[i]!)),
    wholeMilliseconds: roundedSpread(spreadOf(whole[i]!)),
    replayMilliseconds: roundedSpread(spreadOf(replays[i]!)),
    shareOfChecks: Object.fromEntries(
      Object.entries(shares).map(([check, share]) => [check, Number(share.toFixed(4))]),
    ),
  };
}
for (const turn of turns) turn.end();
saveResult('step-checks', {
  ...measuredHere(),
  what: 'time of a captured step of a trainer, with all checks, over that of the replay of its recording',
  cases,
} satisfies StepCheckResults);
writeGenerated();
process.stdout.write(tableOf(cases));

function tableOf(all: Readonly<Record<string, CheckedStep>>): string {
  const row = (title: string, of: (one: CheckedStep) => string): string[] => [
    title,
    ...Object.values(all).map(of),
  ];
  return markdownTable(
    ['a captured step of', ...Object.keys(all)],
    [
      row('whole / replay', ({ wholeOverReplay }) => spread(wholeOverReplay)),
      row('whole, ms', ({ wholeMilliseconds }) => spread(wholeMilliseconds)),
      row('replay alone, ms', ({ replayMilliseconds }) => spread(replayMilliseconds)),
      ...Object.keys(checks).map((check) =>
        row(check, ({ shareOfChecks }) => `${(100 * shareOfChecks[check]!).toFixed(1)} %`),
      ),
    ],
  );
}

interface Turn {
  train(): Promise<void>;
  end(): void;
}

/** A turn trains an epoch. */
async function turnOf(model: () => LayersModel): Promise<Turn> {
  const trainer = createTrainer({
    model,
    optimizer: sgd({ learningRate: 1e-3, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    device: 'tensorflow',
    capture: true,
    checkLossEvery: 100,
    handleInterrupt: false,
  });
  await trainer.open();
  const inputs = { values: new Float32Array(32 * 64).map((_, i) => Math.sin(i)), shape: [32, 64] };
  const targets = { values: Int32Array.from({ length: 32 }, (_, i) => i % 10), shape: [32] };
  const batches = Array.from({ length: steps }, (): HostBatch => ({ inputs, targets, size: 32 }));
  let epochs = 0;
  return {
    async train() {
      await trainer.fit({ batchesPerEpoch: steps, batches: () => batches }, { epochs: ++epochs });
    },
    end() {
      trainer.dispose();
      tf.disposeVariables();
    },
  };
}
