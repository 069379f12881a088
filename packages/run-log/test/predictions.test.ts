import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confusionMatrix } from '@cantrip/metrics';
import { sgd } from '@cantrip/optimizers';
import {
  type ClassPredictions,
  type Predictions,
  readPredictions,
  readProfile,
  runLog,
  type ValuePredictions,
} from '@cantrip/run-log';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import {
  type AnyPlugin,
  createTrainer,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Table,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { inFolder } from './in-folder.ts';

const data = tinyData();
const validation = tinyData({ examples: 21, batch: 8 });

const textOf = (folder: string): string => readFileSync(join(folder, 'predictions.json'), 'utf8');

/** Predictions of one linear unit after one epoch of one step without a learning rate. */
async function predicted(
  folder: string,
  weights: readonly number[],
  options: Pick<TrainerOptions, 'loss'> & { readonly validation: object },
): Promise<Predictions> {
  const inputs = weights.length / 2;
  const trainer = createTrainer({
    device: 'cpu',
    model: () => {
      const model = sequential({
        layers: [layers.dense({ units: 2, inputShape: [inputs], useBias: false })],
      });
      model.setWeights([tf.tensor2d([...weights], [inputs, 2])]);
      return model;
    },
    optimizer: sgd({ learningRate: 0 }),
    loss: options.loss,
    plugins: [runLog({ folder, predictions: true, worst: 2 })],
    reporter: false,
    log: () => undefined,
  });
  await trainer.fit(options.validation as never, { epochs: 1, validation: options.validation as never });
  trainer.dispose();
  return readPredictions(folder)!;
}

describe('runLog({ predictions: true })', () => {
  it('counts the predictions of classes as the confusion matrix of the metrics does', () =>
    inFolder(async (folder) => {
      let matrix: Table | undefined;
      const see: AnyPlugin = {
        name: 'see',
        onEpochEnd: ({ tables }) => void (matrix = tables['validation_confusionMatrix']),
      };
      const trainer = tinyTrainer([runLog({ folder, every: 1, predictions: true, worst: 4 }), see], {
        metrics: [confusionMatrix()],
      });
      await trainer.fit(data, { epochs: 2, validation });
      const { step, epoch, parts } = readPredictions(folder)!;
      expect([step, epoch, parts.length]).toEqual([6, 1, 1]);
      const part = parts[0] as ClassPredictions;
      expect(part).toMatchObject({ data: 'validation', output: '', kind: 'classes', count: 21, classes: 3 });
      const counts = matrix!.values.map((row) => row.map(() => 0));
      for (const [target, prediction, count] of part.counts) counts[target]![prediction] = count;
      expect(counts).toEqual(matrix!.values);
      expect(part.bins.reduce((sum, { count }) => sum + count, 0)).toBe(21);
      const right = part.counts.reduce(
        (sum, [target, prediction, count]) => sum + (target === prediction ? count : 0),
        0,
      );
      expect(part.bins.reduce((sum, { correct }) => sum + correct, 0)).toBe(right);
      const losses = part.worst.map(({ loss }) => loss);
      expect(losses).toEqual([...losses].sort((a, b) => b - a));
      expect(part.worst).toHaveLength(4);
      const { input } = part.worst[0]!;
      expect(input!.shape).toEqual([6, 6, 1]);
      expect(Buffer.from(input!.picture!.bytes, 'base64')).toHaveLength(36);
      trainer.dispose();
    }));

  it('has confidence, losses and places of examples, and leaves out weights of 0', () =>
    inFolder(async (folder) => {
      const examples = {
        inputs: [
          [1, 0],
          [0, 1],
          [3, 0],
          [0, 2],
        ],
        targets: [0, 0, 1, 1],
        weights: [1, 1, 1, 0],
        batchSize: 3,
      };
      const { parts } = await predicted(folder, [1, 0, 0, 2], {
        loss: softmaxCrossEntropy(),
        validation: examples,
      });
      const part = parts[0] as ClassPredictions;
      expect([part.count, part.counts]).toEqual([
        3,
        [
          [0, 0, 1],
          [0, 1, 1],
          [1, 0, 1],
        ],
      ]);
      const chance = (x: number): number => 1 / (1 + Math.exp(-x));
      expect(part.worst.map(({ index, target, prediction }) => [index, target, prediction])).toEqual([
        [2, [1], [0]],
        [1, [0], [1]],
      ]);
      expect(part.worst[0]!.confidence).toBeCloseTo(chance(3), 6);
      expect(part.worst[0]!.loss).toBeCloseTo(-Math.log(1 - chance(3)), 5);
      expect(part.worst[0]!.input).toEqual({ shape: [2], values: [3, 0] });
      const filled = part.bins
        .map(({ count, correct, confidence }, at) => ({ at, count, correct, confidence }))
        .filter(({ count }) => count > 0);
      // Confidences 0.731, 0.881 and 0.953 in sections of 1/15.
      expect(filled.map(({ at, count, correct }) => [at, count, correct])).toEqual([
        [10, 1, 1],
        [13, 1, 0],
        [14, 1, 0],
      ]);
      expect(filled[1]!.confidence).toBeCloseTo(chance(2), 6);
    }));

  it('has a sample of numbers, and nothing of several labels at once', () =>
    inFolder(async (folder) => {
      const numbers = {
        inputs: [[1], [2], [-1]],
        targets: [
          [1, 2],
          [2, 5],
          [-1, NaN],
        ],
        batchSize: 2,
      };
      numbers.targets[2] = [-1, -2];
      const { parts } = await predicted(folder, [1, 2], { loss: meanSquaredError(), validation: numbers });
      const part = parts[0] as ValuePredictions;
      expect(part).toMatchObject({ kind: 'values', count: 6, every: 1 });
      expect(part.sample).toEqual([
        [1, 1],
        [2, 2],
        [2, 2],
        [5, 4],
        [-1, -1],
        [-2, -2],
      ]);
      expect(part.worst[0]).toMatchObject({ index: 1, loss: 0.5, target: [2, 5], prediction: [2, 4] });
      const labels = { inputs: [[1]], targets: [[1, 0]] };
      await inFolder(async (other) => {
        expect(
          await predicted(other, [1, 2], { loss: sigmoidCrossEntropy(), validation: labels }),
        ).toBeUndefined();
      });
    }));

  it('has no and yes where one unit answers', () =>
    inFolder(async (folder) => {
      const trainer = createTrainer({
        device: 'cpu',
        model: () => {
          const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1], useBias: false })] });
          model.setWeights([tf.tensor2d([[1]])]);
          return model;
        },
        optimizer: sgd({ learningRate: 0 }),
        loss: sigmoidCrossEntropy(),
        plugins: [runLog({ folder, predictions: true })],
        reporter: false,
        log: () => undefined,
      });
      const validation = { inputs: [[2], [-3], [-1]], targets: [[1], [0], [1]] };
      await trainer.fit(validation, { epochs: 1, validation });
      trainer.dispose();
      const part = readPredictions(folder)!.parts[0] as ClassPredictions;
      expect([part.classes, part.counts]).toEqual([
        2,
        [
          [0, 0, 1],
          [1, 0, 1],
          [1, 1, 1],
        ],
      ]);
      // A logit of -1 gives yes the probability 1 / (1 + e).
      expect(part.worst[0]).toMatchObject({ index: 2, target: [1], prediction: [0] });
      expect(part.worst[0]!.confidence).toBeCloseTo(1 - 1 / (1 + Math.E), 6);
      expect(part.worst[0]!.loss).toBeCloseTo(Math.log(1 + Math.E), 5);
    }));

  it('names several data, and writes nothing without the option', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([runLog({ folder, predictions: true })]);
      await trainer.fit(data, {
        epochs: 1,
        validation: { clean: validation, few: tinyData({ examples: 3 }) },
      });
      trainer.dispose();
      expect(readPredictions(folder)!.parts.map(({ data: name, count }) => [name, count])).toEqual([
        ['validation_clean', 21],
        ['validation_few', 3],
      ]);
      await inFolder(async (other) => {
        const plain = tinyTrainer([runLog({ folder: other })]);
        await plain.fit(data, { epochs: 1, validation });
        plain.dispose();
        expect(readPredictions(other)).toBeUndefined();
      });
    }));

  it('is as far as the run after a restore, and ends in the same bytes', () =>
    inFolder(async (folder) => {
      const trainer = tinyTrainer([runLog({ folder, every: 1, predictions: true })]);
      await trainer.fit(data, { epochs: 1, validation });
      const snapshot = await trainer.save();
      await trainer.fit(data, { epochs: 2, validation });
      const unbroken = textOf(folder);
      await trainer.restore(snapshot);
      // Without validation, nothing replaces the predictions of a step that the run has not reached again.
      await trainer.fit(data, { epochs: 2 });
      expect(existsSync(join(folder, 'predictions.json'))).toBe(false);
      await trainer.restore(snapshot);
      await trainer.fit(data, { epochs: 2, validation });
      expect(textOf(folder)).toBe(unbroken);
      trainer.dispose();
      const another = tinyTrainer([runLog({ folder, every: 1 })]);
      await another.fit(data, { epochs: 1 });
      another.dispose();
      expect(readPredictions(folder)).toBeUndefined();
      expect(textOf(join(folder, 'earlier', '1'))).toBe(unbroken);
    }));

  it('writes none of a validation that was stopped', () =>
    inFolder(async (folder) => {
      const stop: AnyPlugin = {
        name: 'stop',
        onEvaluateBatch: ({ run, batch }) => void (batch === 2 && run.stop('enough')),
      };
      const trainer = tinyTrainer([runLog({ folder, every: 1, predictions: true }), stop]);
      await trainer.fit(data, { epochs: 1, validation });
      trainer.dispose();
      expect(readPredictions(folder)).toBeUndefined();
    }));
});

describe('files beside the log', () => {
  it('that are damaged are refused with the name of the field, and newer ones too', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'profile.json'), '{"format":"cantrip-profile","version":1,"steps":0}');
      expect(() => readProfile(folder)).toThrow(/profile\.json cannot be read: steps: /);
      writeFileSync(join(folder, 'predictions.json'), '{"format":"cantrip-predictions","version":2}');
      expect(() => readPredictions(folder)).toThrow(/version 2 of the format/);
      const profile = {
        format: 'cantrip-profile',
        version: 1,
        steps: 3,
        step: 12,
        rows: [{ op: 'Conv2D', count: 21, milliseconds: 10, share: 0.9 }],
      };
      writeFileSync(join(folder, 'profile.json'), JSON.stringify({ ...profile, later: 1 }));
      expect(readProfile(folder)).toEqual(profile);
      expect(readProfile(join(folder, 'none'))).toBeUndefined();
    }));
});
