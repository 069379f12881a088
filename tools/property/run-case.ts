import { arrayDataset, type Dataset } from '@cantrip/data';
import type { AnyPlugin, Snapshot } from '@cantrip/trainer';
import { type Case, outputName } from './case.ts';
import { type Array2, makeData } from './make-data.ts';
import { makeTrainer, type Way } from './make-trainer.ts';

/** What a training gave. */
export interface Outcome {
  /** The figures of each epoch. */
  readonly epochs: readonly Readonly<Record<string, number>>[];
  readonly weights: Readonly<Record<string, ArrayLike<number>>>;
  readonly steps: number;
  /** How often `onStepEnd` was called. */
  readonly stepEnds: number;
}

/** Trains a case in one of the ways, stopped and resumed where it says so. */
export async function runCase(given: Case, way: Way): Promise<Outcome> {
  const { stop } = given.run;
  if (!stop) return (await runPart(given, way, given.data.batchSize)).outcome;
  const first = await runPart(given, way, given.data.batchSize, stop.step);
  const second = await runPart(given, way, stop.batchSize, undefined, structuredClone(first.snapshot));
  return {
    ...second.outcome,
    epochs: [...first.outcome.epochs, ...second.outcome.epochs],
    stepEnds: first.outcome.stepEnds + second.outcome.stepEnds,
  };
}

async function runPart(
  given: Case,
  way: Way,
  batchSize: number,
  stopAt?: number,
  from?: Snapshot,
): Promise<{ outcome: Outcome; snapshot: Snapshot }> {
  let stepEnds = 0;
  const counter: AnyPlugin = {
    name: 'counter',
    onStepEnd: ({ run, step }: { run: { stop(reason: string): void }; step: number }) => {
      stepEnds++;
      if (step === stopAt) run.stop('to be resumed');
    },
  };
  const { trainer, dispose } = makeTrainer(given, way, [counter]);
  try {
    if (from) await trainer.restore(from);
    const { epochs } = await trainer.fit(datasetOf(given, 'training', batchSize), {
      epochs: given.run.epochs,
      ...(given.data.validation > 0 && { validation: datasetOf(given, 'validation', 3) }),
    });
    const snapshot = await trainer.save();
    const weights = Object.fromEntries(
      Object.entries(snapshot.variables).map(([name, { values }]) => [name, values]),
    );
    return { outcome: { epochs, weights, steps: trainer.position().step, stepEnds }, snapshot };
  } finally {
    dispose();
  }
}

function datasetOf(given: Case, part: 'training' | 'validation', batchSize: number): Dataset {
  const { inputs, targets, weights, count } = makeData(given, part);
  return arrayDataset({
    inputs: byName(inputs, (at) => `input${at}`),
    targets: byName(targets, outputName),
    ...(weights && { weights: { values: weights, shape: [count] } }),
    batchSize,
    shuffle: part === 'training' && given.data.shuffle,
  });
}

function byName(arrays: readonly Array2[], nameOf: (at: number) => string): Array2 | Record<string, Array2> {
  if (arrays.length === 1) return arrays[0]!;
  return Object.fromEntries(arrays.map((array, at) => [nameOf(at), array]));
}
