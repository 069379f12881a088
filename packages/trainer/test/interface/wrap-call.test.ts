import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  model as functional,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { freezeBatchNorm } from '@cantrip/freeze-bn';
import type { AnyPlugin, CallContext, LayerWrap, Plugin } from '@cantrip/trainer';
import {
  expectSameTraining,
  followTraining,
  presentWays,
  tinyData,
  tinyModel,
  tinyTrainer as plainTrainer,
  weightsOf,
} from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

type Run = Parameters<NonNullable<Plugin['setup']>>[0];

const layerAt = (run: Run, at: number): layers.Layer => (run.model as LayersModel).layers.at(at)!;

/** A plugin that wraps the layer at this place. */
const wrapping = (at: number, wrap: LayerWrap, name = 'wrapping'): AnyPlugin => ({
  name,
  setup: (run) => run.wrapCall(layerAt(run, at), wrap),
});

const times =
  (factor: number): LayerWrap =>
  (next) =>
    tf.mul(next() as tf.Tensor, factor);
const plus =
  (term: number): LayerWrap =>
  (next) =>
    tf.add(next() as tf.Tensor, term);

const image = { values: Float32Array.from({ length: 72 }, (_, i) => Math.sin(i)), shape: [2, 6, 6, 1] };

describe.each(await presentWays())('wrapCall $name', ({ tinyTrainer, options }) => {
  const follow = (plugins: readonly AnyPlugin[], more = {}): ReturnType<typeof followTraining> =>
    followTraining(plugins, { ...options, ...more, checkLossEvery: 1 });
  const predicted = async (plugins: readonly AnyPlugin[]): Promise<number[]> => {
    const trainer = tinyTrainer(plugins);
    const outputs = (await trainer.predict(image)) as tf.Tensor;
    const values = Array.from(await outputs.data());
    outputs.dispose();
    trainer.dispose();
    return values;
  };

  it('changes no bit where it returns what next gives', async () => {
    for (const at of [0, 1, 2, 3, 4, 5])
      expect(await follow([wrapping(at, (next) => next())])).toEqual(await follow([]));
  });

  it('works in fit, evaluate and predict', async () => {
    const [plain, wrapped] = [await predicted([]), await predicted([wrapping(-1, times(3))])];
    wrapped.forEach((value, i) => expect(value).toBeCloseTo(3 * plain[i]!, 4));
    const trainer = tinyTrainer([wrapping(-1, times(0))]);
    await trainer.fit(tinyData(), { epochs: 1 });
    // All logits are 0, so the loss is ln 3.
    expect((await trainer.evaluate(tinyData()))['loss']).toBeCloseTo(Math.log(3), 5);
    trainer.dispose();
  });

  it('nests in list order, the first plugin outside, whichever called first', async () => {
    const late = (wrap: LayerWrap): AnyPlugin => ({
      name: 'late',
      onTrainBegin: ({ run }) => void run.wrapCall(layerAt(run, -1), wrap),
    });
    const trainer = tinyTrainer([late(times(2)), wrapping(-1, plus(1), 'early')]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(trainer.explain()).toMatch(/^wrapCall {13}step {2}late -> early around dense_1$/m);
    const flat = tinyTrainer([wrapping(-1, (next) => tf.mul(tf.add(next() as tf.Tensor, 1), 2))]);
    await flat.fit(tinyData(), { epochs: 1 });
    expect(await weightsOf(trainer)).toEqual(await weightsOf(flat));
    trainer.dispose();
    flat.dispose();
  });

  it('is undone by the function that it returns, between two steps, and comes back without a new recording', async () => {
    const halved = times(0.5);
    const counts: number[] = [];
    const toggling: Plugin<Record<string, unknown>, void, { undo?: (() => void) | undefined }> = {
      name: 'toggling',
      setup: () => ({ locals: {} }),
      onStepBegin({ run, step, locals }) {
        if (step % 2 === 0) locals.undo = run.wrapCall(layerAt(run, -1), halved);
        else locals.undo!();
      },
      onStepEnd: ({ recording }) => void counts.push(recording?.count ?? 0),
    };
    const scalar: Plugin = {
      name: 'scalar',
      scheduleScalars: (scalars, { step }) => ({ ...scalars, factor: step % 2 === 0 ? 0.5 : 1 }),
      transformOutputs: (outputs, { scalar }) => tf.mul(outputs as tf.Tensor, scalar('factor')),
    };
    expectSameTraining(await follow([toggling]), await follow([scalar]));
    if (options.capture) expect(counts.filter((count) => count > 0)).toHaveLength(2);
  });

  it('stays around a layer that freeze-bn freezes, before or after', async () => {
    const frozen = (begin: number): AnyPlugin => ({
      name: 'frozen',
      onStepBegin: ({ run, step }) =>
        step === begin ? void freezeBatchNorm(run.model as LayersModel) : undefined,
    });
    for (const begin of [0, 2]) {
      const wrap = plus(1);
      const behind: AnyPlugin = wrapping(2, (next, inputs) => next(tf.add(inputs as tf.Tensor, 1)), 'behind');
      // Around the normalisation, the wrap adds 1 to its output; the same as before the activation.
      expectSameTraining(
        await follow([wrapping(1, wrap), frozen(begin)]),
        await follow([frozen(begin), behind]),
      );
    }
  });

  it('gives random numbers of the step, other ones at each step, and scalars', async () => {
    const noisy = (): AnyPlugin => ({
      name: 'noisy',
      scheduleScalars: (scalars, { step }) => ({ ...scalars, size: step + 1 }),
      setup: (run) =>
        run.wrapCall(layerAt(run, -1), (next, _, { training, random, scalar }) =>
          training
            ? tf.add(next() as tf.Tensor, tf.mul(random('noise').normal([3]), scalar('size')))
            : next(),
        ),
    });
    const inHook = (): AnyPlugin => ({
      name: 'in-hook',
      scheduleScalars: (scalars, { step }) => ({ ...scalars, size: step + 1 }),
      transformOutputs: (outputs, { random, scalar }) =>
        tf.add(outputs as tf.Tensor, tf.mul(random('noise').normal([3]), scalar('size'))),
    });
    expectSameTraining(await follow([noisy()]), await follow([inHook()]));
    expect(await predicted([noisy()])).toEqual(await predicted([]));
  });

  it('may call the layer twice, with other inputs, or not at all', async () => {
    const mean: LayerWrap = (next, inputs) => {
      const flipped = tf.reverse(inputs as tf.Tensor, -1);
      return tf.mul(tf.add(next() as tf.Tensor, tf.reverse(next(flipped) as tf.Tensor, -1)), 0.5);
    };
    // An activation treats each number alone.
    expectSameTraining(await follow([wrapping(2, mean)]), await follow([]));
    const skipped: LayerWrap = (_, inputs) => inputs;
    const absent = await follow([wrapping(4, skipped)]);
    const model = (): LayersModel => {
      const made = tinyModel();
      (made.layers[4] as unknown as { rate: number }).rate = 0;
      return made;
    };
    expectSameTraining(absent, await follow([], { model }));
  });

  it('wraps each call of a shared layer, layers of nested models and of wrappers, and nested models', async () => {
    const x = input({ shape: [6, 6, 1] });
    const shared = layers.dense({ units: 1, name: 'shared' });
    const inner = sequential({
      name: 'inner',
      layers: [layers.dense({ units: 2, inputShape: [6], name: 'deep' })],
    });
    const rows = layers.reshape({ targetShape: [6, 6] }).apply(shared.apply(shared.apply(x)));
    const each = layers.timeDistributed({ layer: layers.dense({ units: 6, name: 'each' }), name: 'times' });
    const flat = layers.globalAveragePooling1d({}).apply(each.apply(rows));
    const model = functional({ inputs: x, outputs: inner.apply(flat) as SymbolicTensor });
    const calls: Record<string, number> = {};
    const counting =
      (name: string): LayerWrap =>
      (next) => ((calls[name] = (calls[name] ?? 0) + 1), next());
    const plugin: AnyPlugin = {
      name: 'counting',
      setup(run) {
        const held = {
          shared,
          inner,
          deep: inner.layers[0]!,
          each: (each as never as { layer: layers.Layer }).layer,
          times: each,
        };
        for (const [name, layer] of Object.entries(held)) run.wrapCall(layer, counting(name));
      },
    };
    const trainer = tinyTrainer([plugin], { model, capture: false, loss: meanOf, metrics: [] });
    const outputs = (await trainer.predict(image)) as tf.Tensor;
    expect(outputs.shape).toEqual([2, 2]);
    expect(calls['shared']).toBe(2 * calls['inner']!);
    expect(calls['deep']).toBe(calls['inner']);
    expect(calls['times']).toBe(calls['inner']);
    expect(calls['each']).toBeGreaterThan(0);
    tf.dispose(outputs);
    trainer.dispose();
    model.dispose();
  });

  it('is of one run: one plugin object, one model and two trainers', async () => {
    const model = tinyModel();
    const keys = (): unknown => model.layers.map((layer) => Reflect.ownKeys(layer));
    const before = keys();
    const plugin = wrapping(-1, times(2));
    const [a, b, plain] = [
      tinyTrainer([plugin], { model }),
      tinyTrainer([plugin], { model }),
      tinyTrainer([], { model }),
    ];
    const values: number[][] = [];
    for (const trainer of [a, plain, b, a]) {
      const outputs = (await trainer.predict(image)) as tf.Tensor;
      values.push(Array.from(await outputs.data()));
      outputs.dispose();
    }
    expect(values[2]).toEqual(values[0]);
    expect(values[3]).toEqual(values[0]);
    values[0]!.forEach((value, i) => expect(value).toBeCloseTo(2 * values[1]![i]!, 4));
    for (const trainer of [a, b, plain]) trainer.dispose();
    expect(keys()).toEqual(before);
    model.dispose();
  });

  it('continues after save and restore to the same bits, and leaves no tensor', async () => {
    const noise: LayerWrap = (next, _, { training, random }) =>
      training ? tf.add(next() as tf.Tensor, random('noise').normal([3])) : next();
    const make = (): ReturnType<typeof tinyTrainer> => tinyTrainer([wrapping(-1, noise)]);
    const whole = make();
    await whole.fit(tinyData(), { epochs: 2 });
    const first = make();
    await first.fit(tinyData(), { epochs: 1 });
    const second = make();
    await second.restore(structuredClone(await first.save()));
    await second.fit(tinyData(), { epochs: 2 });
    expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    const counts: number[] = [];
    for (const epochs of [3, 4, 5]) {
      await whole.fit(tinyData(), { epochs, validation: tinyData() });
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    for (const trainer of [whole, first, second]) trainer.dispose();
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'returns nothing',
      () => undefined,
      /^\[wrapping\] wrapCall of the layer dense_1 must return tensors like the layer's, of shape \[\d+, 3\], got undefined\. .*\(HOOK_RESULT\)$/,
    ],
    [
      'returns a promise',
      (next: () => unknown) => Promise.resolve(next()),
      /^\[wrapping\] wrapCall of the layer dense_1 must be synchronous, but it returned a promise.*\(HOOK_ASYNC\)$/,
    ],
    [
      'is async',
      async (next: () => unknown) => Promise.resolve(next()),
      /^\[wrapping\] wrapCall of the layer dense_1 needs a function that returns tensors directly, got .*\(OPTION_INVALID\)$/,
    ],
    [
      'returns another shape',
      () => tf.zeros([7, 7]),
      /^\[wrapping\] wrapCall of the layer dense_1 must return tensors like the layer's, .* got a tensor \[7, 7\]/,
    ],
    [
      'returns another dtype',
      (next: () => tf.Tensor) => tf.cast(next(), 'int32'),
      /got an int32 tensor \[\d+, 3\]/,
    ],
    ['returns a list of two', (next: () => tf.Tensor) => [next(), next()], /HOOK_RESULT/],
    [
      'calls next with a number',
      (next: (x: unknown) => unknown) => next(3),
      /^\[wrapping\] wrapCall of the layer dense_1 must call next with tensors, got 3/,
    ],
    ['throws', () => fail(), /^\[wrapping\] wrapCall of the layer dense_1 threw: no luck/],
    [
      'reads a value',
      (next: () => tf.Tensor, x: tf.Tensor, { training }: CallContext) => (training && x.dataSync(), next()),
      /^\[wrapping\] wrapCall of the layer dense_1 must not read the value/,
    ],
    [
      'asks for an unknown scalar',
      (next: () => tf.Tensor, _: unknown, { training, scalar }: CallContext) =>
        training ? tf.mul(next(), scalar('gorwth')) : next(),
      /^\[wrapping\] scalar\('gorwth'\) must name a scalar/,
    ],
    [
      'asks for a scalar in evaluation',
      (next: () => tf.Tensor, _: unknown, { scalar }: CallContext) => tf.mul(next(), scalar('step')),
      /^\[wrapping\] scalar\('step'\) was called in evaluation or prediction, where there are no scalars/,
    ],
    [
      'wraps within the step',
      (next: () => tf.Tensor) => next(),
      /^\[inside\] wrapCall must not be called in transformBatch/,
    ],
  ];
  it.each(wrong)('that %s is refused by plugin and layer', async (what, wrap, words) => {
    const inside: AnyPlugin = {
      name: 'inside',
      transformBatch: (batch) => (run!.wrapCall(layerAt(run!, 0), (next) => next()), batch),
    };
    let run: Run | undefined;
    const plugins = [wrapping(-1, wrap as LayerWrap), ...(what === 'wraps within the step' ? [inside] : [])];
    const trainer = tinyTrainer([...plugins, { name: 'knowing', setup: (given) => void (run = given) }]);
    await expect(trainer.fit(tinyData(), { epochs: 1, validation: tinyData() })).rejects.toThrow(words);
    trainer.dispose();
  });
});

describe('wrapCall', () => {
  it('refuses a layer that the model does not have', async () => {
    const others = [layers.dense({ units: 1 }), undefined, 'dense_1'];
    for (const layer of others) {
      const trainer = plainTrainer([
        { name: 'wrong', setup: (run) => run.wrapCall(layer as never, (next) => next()) },
      ]);
      await expect(trainer.open()).rejects.toThrow(
        /^\[wrong\] wrapCall needs a layer of run\.model, got .*\(MODEL_INVALID\)$/,
      );
      trainer.dispose();
    }
  });

  it('refuses a model that is a function', async () => {
    const trainer = plainTrainer(
      [{ name: 'wrong', setup: (run) => run.wrapCall(layers.dense({ units: 1 }), (next) => next()) }],
      { model: () => (tf.tidy(() => tf.variable(tf.ones([1]))), (inputs) => inputs) },
    );
    await expect(trainer.open()).rejects.toThrow(
      /^\[wrong\] wrapCall needs a layer of run\.model, which is a function without layers/,
    );
    trainer.dispose();
  });

  it('knows the plugin of a hook that has waited, and names the trainer for other callers', async () => {
    const trainer = plainTrainer([
      {
        name: 'waiting',
        async onTrainBegin({ run }) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          run.wrapCall(layerAt(run, 0), (next) => next());
        },
      },
    ]);
    const { run } = await trainer.open();
    run.wrapCall(layerAt(run, 0), (next) => next());
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(trainer.explain()).toMatch(/^wrapCall {13}step {2}waiting -> trainer around conv2d_1$/m);
    trainer.dispose();
  });
});

const meanOf = (_: unknown, outputs: unknown): tf.Scalar => tf.mean(outputs as tf.Tensor);

function fail(): never {
  throw new Error('no luck');
}
