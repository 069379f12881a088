import * as tf from '@tensorflow/tfjs-core';
import type { Feeds } from '@cantrip/core-tensor-gpu';
import type { NamedVariables } from '@cantrip/optimizers';
import type { Batch } from '../contract/batch.ts';
import { hostStreams } from './random/host-streams.ts';
import { type Filling, fillingOf } from './filled-batch.ts';
import { fedParts, type PreparedBatch } from '../batch/prepare-batch.ts';
import { randomStreams, stepFeed } from './random/random-tensors.ts';
import type { RecordingCost } from '../contract/contexts.ts';
import { type ChosenWay, createRunner, type RunnerOptions } from './runner.ts';
import { type StepParts, type StepResult, trainStep } from './train-step.ts';

/** The values that change from step to step. They are computed on the host and fed to the step. */
export interface StepFeed {
  readonly seed: number;
  readonly step: number;
  readonly epoch: number;
  /** The number of batches trained before. Random numbers depend on it. */
  readonly draw: number;
  readonly phase: 'accumulate' | 'update';
  readonly learningRate: number;
  readonly scalars: Readonly<Record<string, number>>;
  /** What is trained. */
  readonly variables: NamedVariables;
  /** Another text where plugins make another program of the step. */
  readonly structure: string;
}

/** Trains on batches, one after the other. */
export interface TrainRunner {
  /** The caller must dispose the results. */
  run(batch: PreparedBatch, feed: StepFeed): Promise<StepResult>;
  /** Whether it runs captured. Then nothing of a batch is read after its step. */
  readonly captures: boolean;
  /** The cost of recording so far. */
  readonly recorded: RecordingCost;
  /** What was chosen for the recorded step; undefined if none is recorded. */
  readonly chosen: ChosenWay | undefined;
  /** Notes that the step has changed in a way that the trainable variables do not show. */
  restructure(): void;
}

interface StepSymbols {
  readonly batch: Batch;
  /** All scalars and the number of examples in one tensor, which needs only one upload. */
  readonly numbers: tf.Tensor1D;
  readonly step: tf.Scalar;
}

/** Creates the runner of the training step, which is fed with numbers. */
export function createTrainRunner(parts: StepParts, options: RunnerOptions): TrainRunner {
  let current: StepFeed | undefined;
  let generation = 0;
  let filling: Filling = { filled: false };

  function program({ batch, numbers, step }: StepSymbols): StepResult {
    const { seed, phase, variables, ...feed } = current!;
    const names = ['learningRate', 'step', ...Object.keys(feed.scalars)];
    const values = tf.unstack(numbers) as tf.Scalar[];
    return trainStep(parts, batch, {
      scalars: Object.fromEntries(names.map((name, index) => [name, values[index]!])),
      size: values[names.length]!,
      filling,
      phase,
      variables,
      streams: randomStreams({ seed, step: feed.draw, stepTensor: step }),
      host: hostStreams({ seed, step: feed.draw }),
    });
  }

  const runner = createRunner(program, options);
  return {
    run({ size, ...given }, feed) {
      current = feed;
      filling = fillingOf(parts.objective, { ...given, size });
      const { learningRate, step, scalars } = feed;
      const names = Object.keys(scalars);
      const numbers = Float32Array.of(learningRate, step, ...Object.values(scalars), size);
      const feeds = {
        batch: fedParts(given),
        numbers: { values: numbers, shape: [numbers.length] },
        step: stepFeed(feed.draw),
      };
      const structure = [
        generation,
        feed.phase,
        filling.filled,
        filling.cutTo ?? '',
        ...names,
        '',
        ...Object.keys(feed.variables),
        feed.structure,
        parts.model.identity(),
      ].join();
      return runner.run(feeds as unknown as Feeds<StepSymbols>, {
        structure,
        period: feed.epoch,
        // The batches of the step that come after it may fail.
        undoable: feed.phase === 'accumulate',
      });
    },
    get captures() {
      return runner.captures;
    },
    get recorded() {
      return runner.recorded;
    },
    get chosen() {
      return runner.chosen;
    },
    restructure() {
      generation++;
      runner.forget();
    },
  };
}
