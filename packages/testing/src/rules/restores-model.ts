import type { AnyPlugin, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { tinyOptimizer } from '../tiny/tiny-trainer.ts';
import { type Bench, modelMaker, ownOptions, requireSame } from '../bench/bench.ts';
import { notKept } from '../bench/not-kept.ts';
import type { Rule } from '../bench/rule.ts';
import { changedPlaces, fingerprint } from './fingerprint.ts';

const fix = 'Undo it in the function that setup returns; dispose() calls it, after training too';

export const restoresModel: Rule = {
  name: 'restores the model and all else on dispose, after training too',
  also: 'captured',
  skips: (bench) => (modelMaker(bench) ? undefined : 'the model of its options is no function'),
  async check(bench) {
    const make = modelMaker(bench)!;
    const without = await changes(bench, make, false);
    const withTrick = await changes(bench, make, true);
    for (const [place, words] of withTrick.places) if (!without.places.has(place)) notKept(words, fix);
    const { model } = withTrick;
    const fresh = make();
    if (fresh.weights.length !== model.weights.length)
      notKept(`the model has ${model.weights.length} weights, and had ${fresh.weights.length}`, fix);
    requireSame(trainableOf(model), trainableOf(fresh), { where: 'in a model that was not trained', fix });
    fresh.setWeights(model.getWeights());
    requireSame(outputsOf(model), outputsOf(fresh), {
      where: 'for a new model with the same weights',
      fix,
    });
    for (const one of [fresh, model, without.model]) one.dispose();
  },
};

/** Opens and trains a model of our own twice: a few steps with validation, and an error in an evaluation. */
async function changes(
  bench: Bench,
  make: () => LayersModel,
  withTrick: boolean,
): Promise<{ readonly places: ReadonlyMap<string, string>; readonly model: LayersModel }> {
  const { create, data, plainTrainer, trainer } = bench;
  const opener = plainTrainer(create());
  await opener.open();
  opener.dispose();
  const model = make();
  const plugin = create();
  const optimizer = bench.trick.optionsWithout && !withTrick ? tinyOptimizer() : optimizerOf(bench, plugin);
  const before = fingerprint(model, optimizer);
  const more = { model, optimizer };
  const one: Trainer = withTrick ? trainer(plugin, more) : plainTrainer(plugin, more);
  try {
    await one.fit(data, { epochs: bench.course.epochs, validation: data });
  } finally {
    one.dispose();
  }
  return { places: changedPlaces(before, fingerprint(model, optimizer)), model };
}

function optimizerOf(bench: Bench, plugin: AnyPlugin): ReturnType<typeof tinyOptimizer> {
  const given = ownOptions(bench.trick, plugin).optimizer;
  return typeof given === 'object' && 'start' in given ? given : tinyOptimizer();
}

const trainableOf = (model: LayersModel): unknown => ({
  layers: model.layers.map(({ trainable }) => trainable),
  shapes: model.trainableWeights.map(({ shape }) => shape),
});

/** The outputs for inputs that are all ones. */
function outputsOf(model: LayersModel): readonly (readonly number[])[] {
  return tf.tidy(() => {
    const inputs = model.inputs.map(({ shape, dtype }) =>
      tf.ones(
        shape.map((size) => size ?? 2),
        dtype as 'float32',
      ),
    );
    const outputs = model.predict(inputs);
    return (Array.isArray(outputs) ? outputs : [outputs]).map((one) => Array.from(one.dataSync()));
  });
}
