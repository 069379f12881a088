import * as tf from '@tensorflow/tfjs-core';
import type { DeviceName } from '@cantrip/core-tensor-gpu';
import type { AnyPlugin, BatchSource, Snapshot, Trainer, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { presentDevices } from './devices.ts';
import { expectSameTraining, followTraining } from './follow-training.ts';
import { tinyData } from './tiny-data.ts';
import { tinyModel } from './tiny-model.ts';
import { tinyTrainer } from './tiny-trainer.ts';
import { plainSnapshot, weightsOf } from './weights.ts';

export interface TrickUnderTest {
  /** The package's name without scope. The plugin has the same name. */
  readonly name: string;
  /** Creates a plugin that has an effect; a new object at each call. */
  create(): AnyPlugin;
  /** Creates a plugin whose options change nothing, for tricks that have such options. */
  identity?(): AnyPlugin;
  /** Devices to test besides the cpu. Absent devices are reported and skipped. */
  readonly devices?: readonly DeviceName[];
  /** Options that replace those of the tiny trainer. */
  readonly options?: Partial<TrainerOptions>;
}

/**
 * A suite of what every trick must keep: its name; identity options change no bit; no tensor leaks; save and resume
 * equal an unbroken run; dispose restores the model; one object serves two trainers; captured training equals
 * training op by op.
 */
export function testTrick(trick: TrickUnderTest): void {
  describe(`${trick.name} as every trick`, () => {
    it('has the name of its package', () => {
      expect(trick.create().name).toBe(trick.name);
    });
    for (const device of ['cpu', ...(trick.devices ?? [])] as const)
      describe(`on ${device}`, () => suite(trick, device));
    on('tensorflow', 'trains the same captured as op by op', () => equalsEager(trick));
  });
}

function on(device: DeviceName, what: string, check: () => Promise<void>): void {
  it(what, async (context) => {
    if (!(await presentDevices([device])).includes(device)) return context.skip(`${device} is absent`);
    await check();
  });
}

async function equalsEager({ create, options }: TrickUnderTest): Promise<void> {
  const train = (capture: boolean): ReturnType<typeof followTraining> =>
    followTraining([create()], { ...options, device: 'tensorflow', capture });
  const eager = await train(false);
  expectSameTraining(await train(true), eager);
}

function suite(trick: TrickUnderTest, device: DeviceName): void {
  const train = (plugins: readonly AnyPlugin[]): Trainer =>
    tinyTrainer(plugins, { device, ...trick.options });
  const check = (what: string, run: () => Promise<void>): void => on(device, what, run);
  if (trick.identity) {
    check('changes no bit with identity options', async () => {
      const identity = trick.identity!();
      const seed = identity.seed ?? 7;
      expect(await trained(train([identity]))).toEqual(await trained(train([{ name: 'plain', seed }])));
    });
  }
  check('leaves no tensor behind', async () => {
    expect(await tensorsAfterEachEpoch(train([trick.create()]))).toSatisfy(isConstant);
  });
  check('goes on after save and restore as if never stopped, also within an epoch', async () => {
    const unbroken = await trained(train([trick.create()]));
    for (const step of [2, 3]) expect(await resumedAt(step, () => train([trick.create()]))).toEqual(unbroken);
  });
  check('restores the model on dispose', async () => {
    const model = tinyModel();
    const trainer = train([trick.create()]);
    const before = behaviour(model);
    const trainerOfModel = tinyTrainer([trick.create()], { device, ...trick.options, model });
    await trainerOfModel.open();
    trainerOfModel.dispose();
    expect(behaviour(model)).toEqual(before);
    trainer.dispose();
  });
  check('works as one object in two trainers', async () => {
    const plugin = trick.create();
    const alone = await trained(train([plugin]));
    expect(await trained(train([plugin]))).toEqual(alone);
  });
}

async function trained(trainer: Trainer, data: BatchSource = tinyData()): Promise<unknown> {
  await trainer.fit(data, { epochs: 2 });
  const snapshot = plainSnapshot(await trainer.save());
  const weights = await weightsOf(trainer);
  trainer.dispose();
  return { snapshot: withoutPlugins(snapshot), weights };
}

/**
 * The snapshot without plugins. Plugin lists may differ between the compared runs. The resume test compares the
 * plugins' states by the weights.
 */
function withoutPlugins(snapshot: unknown): unknown {
  const { states: _, ...rest } = snapshot as { states: unknown };
  return rest;
}

async function resumedAt(step: number, make: () => Trainer): Promise<unknown> {
  const first = make();
  const snapshot = await stoppedAt(step, first);
  first.dispose();
  const second = make();
  await second.restore(structuredClone(snapshot));
  return trained(second);
}

async function stoppedAt(step: number, trainer: Trainer): Promise<Snapshot> {
  const { run } = await trainer.open();
  const data = tinyData();
  await trainer.fit(
    {
      batchesPerEpoch: data.batchesPerEpoch,
      *batches(request) {
        let count = request.epoch * data.batchesPerEpoch;
        for (const batch of data.batches(request) as Iterable<never>) {
          if (++count === step) run.stop('to be resumed');
          yield batch;
        }
      },
    },
    { epochs: 2 },
  );
  return trainer.save();
}

async function tensorsAfterEachEpoch(trainer: Trainer): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const epochs of [1, 2, 3]) {
    await trainer.fit(tinyData(), { epochs });
    counts.push(tf.memory().numTensors);
  }
  trainer.dispose();
  return counts;
}

const isConstant = (counts: readonly number[]): boolean => counts.every((count) => count === counts[0]);

/** What other code can observe of a model: its outputs in training and inference, and which weights train. */
function behaviour(model: ReturnType<typeof tinyModel>): unknown {
  return tf.tidy(() => ({
    output: Array.from((model.predict(tf.ones([2, 6, 6, 1])) as tf.Tensor).dataSync()),
    trainable: model.layers.map(({ trainable }) => trainable),
    trainableWeights: model.trainableWeights.map(({ name }) => name),
    ownKeys: model.layers.map((layer) => Object.keys(layer).sort()),
  }));
}
