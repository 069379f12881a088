import { sgd } from '@cantrip/optimizers';
import { presentDevices, tinyTrainer, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, ModelFunction, Trainer, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { byteImages, smallCnn } from '../byte-images.ts';

const [device] = await presentDevices(['tensorflow']);

interface Making extends Partial<TrainerOptions> {
  readonly capture: boolean;
}

const make = (plugins: readonly AnyPlugin[], options: Making): Trainer =>
  tinyTrainer(plugins, {
    device: 'tensorflow',
    model: smallCnn,
    optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
    ...options,
  });

const data = byteImages({ steps: 4, last: 16 });

const flat = (tensors: readonly tf.Tensor[]): number[] =>
  tensors.flatMap((tensor) => Array.from(tensor.dataSync()));

/** What is noted of each step of an epoch, captured and op by op. */
async function bothWays(
  note: (model: LayersModel, trainer: Trainer) => Promise<readonly number[]>,
): Promise<{ readonly captured: readonly number[][]; readonly eager: readonly number[][] }> {
  const run = async (capture: boolean): Promise<number[][]> => {
    const noted: number[][] = [];
    const trainer: Trainer = make(
      [
        {
          name: 'noting',
          onStepEnd: async ({ run }) => void noted.push([...(await note(run.model as LayersModel, trainer))]),
        },
      ],
      { capture },
    );
    await trainer.fit(data, { epochs: 1 });
    trainer.dispose();
    return noted;
  };
  return { captured: await run(true), eager: await run(false) };
}

const readers: readonly (readonly [string, Parameters<typeof bothWays>[0]])[] = [
  ['model.getWeights()', async (model) => flat(model.getWeights())],
  [
    'model.save()',
    async (model) => {
      let saved: ArrayBuffer | undefined;
      const handler = {
        save: async (artifacts: { weightData?: unknown }) => {
          saved = artifacts.weightData as ArrayBuffer;
          return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
        },
      };
      await model.save(handler as Parameters<LayersModel['save']>[0]);
      return Array.from(new Float32Array(saved!));
    },
  ],
  ['model.predict()', async (model) => flat([model.predict(tf.ones([2, 10, 10, 1])) as tf.Tensor])],
  [
    'a layer called alone',
    async ({ layers }) => flat([layers[0]!.apply(tf.ones([1, 10, 10, 1])) as tf.Tensor]),
  ],
  ['plain code', async ({ weights }) => flat(weights.map((weight) => tf.mul(weight.read(), 2)))],
  ['trainer.save()', async (_, trainer) => Object.values(await weightsOf(trainer)).flat()],
];

describe.skipIf(!device)('variables under a captured step', () => {
  it.each(readers)('are current for %s after each step', async (_, note) => {
    const { captured, eager } = await bothWays(note);
    expect(new Set(captured.map(String)).size).toBe(4);
    captured.forEach((values, step) => {
      expect(values).toHaveLength(eager[step]!.length);
      values.forEach((value, i) => expect(value).toBeCloseTo(eager[step]![i]!, 4));
    });
  });

  it('keep for a reader what it has read, whatever the steps after do', async () => {
    const kept: tf.Tensor[] = [];
    const keeper: AnyPlugin = {
      name: 'keeper',
      onStepEnd: ({ run }) => void kept.push(tf.keep(tf.clone(run.variables['dense_1/kernel']!))),
    };
    const trainer = make([keeper], { capture: true });
    await trainer.fit(data, { epochs: 1 });
    trainer.dispose();
    expect(new Set(kept.map((tensor) => String(tensor.dataSync()))).size).toBe(4);
    tf.dispose(kept);
  });

  const assigners: readonly (readonly [string, (model: LayersModel) => void])[] = [
    [
      'variable.assign',
      ({ weights }) =>
        weights.forEach((weight) => (weight.read() as tf.Variable).assign(tf.ones(weight.shape as number[]))),
    ],
    [
      'model.setWeights',
      (model) => model.setWeights(model.getWeights().map((weight) => tf.onesLike(weight))),
    ],
  ];

  it.each(assigners)('take what %s gives them into the next step', async (_, assign) => {
    const losses = async (capture: boolean, change: (model: LayersModel) => void): Promise<number[]> => {
      const noted: number[] = [];
      const assigner: AnyPlugin = {
        name: 'assigner',
        onStepEnd: async ({ run, step, loss }) => {
          noted.push(await loss());
          if (step === 2) tf.tidy(() => change(run.model as LayersModel));
        },
      };
      const trainer = make([assigner], { capture });
      await trainer.fit(data, { epochs: 1 });
      trainer.dispose();
      return noted;
    };
    const eager = await losses(false, assign);
    const captured = await losses(true, assign);
    captured.forEach((loss, i) => expect(loss / eager[i]!).toBeCloseTo(1, 4));
    const untouched = await losses(true, () => undefined);
    expect(untouched.slice(0, 2)).toEqual(captured.slice(0, 2));
    expect(untouched[2]).not.toBeCloseTo(captured[2]!, 3);
  });

  it('of a plugin may be disposed of and replaced between steps', async () => {
    const losses = async (capture: boolean): Promise<number[]> => {
      const noted: number[] = [];
      let factor = tf.variable(tf.scalar(1), false);
      const replacing: AnyPlugin = {
        name: 'replacing',
        transformLoss: (loss) => tf.mul(loss, factor),
        onStepEnd: async ({ loss, step }) => {
          noted.push(await loss());
          factor.dispose();
          factor = tf.tidy(() => tf.variable(tf.scalar(1 + step), false));
        },
      };
      const trainer = make([replacing], { capture });
      await trainer.fit(data, { epochs: 1 });
      trainer.dispose();
      factor.dispose();
      return noted;
    };
    const eager = await losses(false);
    (await losses(true)).forEach((loss, i) => expect(loss / eager[i]!).toBeCloseTo(1, 4));
  });

  it('that are gone are an error, the same captured as op by op, and the rest stays valid', async () => {
    const attempt = async (
      capture: boolean,
    ): Promise<{ readonly error: string; readonly finite: boolean }> => {
      const variable: { current?: tf.Variable } = {};
      const model = (): ModelFunction => {
        const kernel = tf.variable(tf.ones([100, 4]), true);
        variable.current = tf.variable(tf.scalar(1), true);
        return (inputs) =>
          tf.mul(tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 100]), kernel), variable.current!);
      };
      const trainer = make(
        [{ name: 'careless', onStepEnd: ({ step }) => void (step === 2 && variable.current!.dispose()) }],
        { capture, model },
      );
      const error: unknown = await trainer.fit(data, { epochs: 1 }).catch((reason: unknown) => reason);
      const kernel = Object.values((await trainer.open()).run.variables)[0]!;
      const finite = kernel.dataSync().every(Number.isFinite);
      trainer.dispose();
      kernel.dispose();
      return { error: (error as Error).message, finite };
    };
    const eager = await attempt(false);
    expect(eager.finite).toBe(true);
    expect(await attempt(true)).toEqual(eager);
  });
});
