import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { accumulateGradients, type Optimizer, type RunningOptimizer, sgd } from '@cantrip/optimizers';
import { presentWays, type Way } from '@cantrip/testing';
import { type AnyPlugin, type BatchSource, meanSquaredError, type Trainer } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const frames = [2, 3, 4, 4, 1];

const data: BatchSource = {
  batchesPerEpoch: 4,
  *batches({ epoch, start }) {
    for (let batch = start; batch < 4; batch++) {
      const values = Float32Array.from({ length: 96 }, (_, i) => Math.sin(i + 5 * batch + epoch));
      const targets = Float32Array.of(Math.cos(batch), 0.5);
      yield { inputs: { values, shape: frames }, targets: { values: targets, shape: [2, 1] }, size: 2 };
    }
  },
};

const kinds = ['simpleRNN', 'lstm', 'gru', 'bidirectional', 'convLstm2d'] as const;
type Kind = (typeof kinds)[number];

function model(kind: Kind): tfl.LayersModel {
  const stateful = { units: 2, stateful: true };
  const batchInputShape = frames as tfl.Shape;
  if (kind === 'convLstm2d') {
    const convLstm = tfl.layers.convLstm2d({ filters: 2, kernelSize: 3, stateful: true, batchInputShape });
    return tfl.sequential({ layers: [convLstm, tfl.layers.flatten(), tfl.layers.dense({ units: 1 })] });
  }
  const rows = tfl.layers.reshape({ targetShape: [3, 16], batchInputShape });
  const layer =
    kind === 'bidirectional'
      ? tfl.layers.bidirectional({ layer: tfl.layers.lstm(stateful) as never, mergeMode: 'concat' })
      : tfl.layers[kind](stateful);
  return tfl.sequential({ layers: [rows, layer, tfl.layers.dense({ units: 1 })] });
}

interface Breaking {
  readonly trainer: Trainer;
  /** The step that fails; none from the start. */
  breakAt(step: number): void;
}

function breaking(
  { tinyTrainer }: Way,
  kind: Kind,
  batchesPerStep: number,
  capture: 'auto' | false,
): Breaking {
  let at = -1;
  let step = 0;
  const clock: AnyPlugin = {
    name: 'clock',
    scheduleLearningRate: (rate, context) => {
      step = context.step;
      return rate;
    },
  };
  const inner = sgd({ learningRate: 0.05 });
  const start: Optimizer['start'] = (...parameters) => {
    const running = inner.start(...parameters);
    // After the model was called, in the last batch of a step.
    const apply: RunningOptimizer['apply'] = (update) => {
      if (step === at) throw new Error('the optimizer is broken');
      running.apply(update);
    };
    return { ...running, apply };
  };
  const broken: Optimizer = { ...inner, start };
  const optimizer = batchesPerStep === 1 ? broken : accumulateGradients(broken, { steps: batchesPerStep });
  const options = { model: () => model(kind), loss: meanSquaredError(), metrics: [], optimizer, capture };
  return {
    trainer: tinyTrainer([clock], { ...options, log: () => undefined }),
    breakAt: (here) => void (at = here),
  };
}

async function failAtStart(run: Breaking): Promise<void> {
  run.breakAt(0);
  await expect(run.trainer.fit(data, { epochs: 1 })).rejects.toThrow(/the optimizer is broken/);
  const start = await run.trainer.save();
  expect(Object.keys(start.layerStates!).length).toBeGreaterThan(0);
  for (const { values } of Object.values(start.layerStates!))
    expect([...values].every((one) => one === 0)).toBe(true);
}

const ways = (await presentWays()).filter(({ captured }) => !captured);

describe.each(ways)('a step that fails after the call of a stateful layer, $name,', (way) => {
  describe.each(way.options.device === 'tensorflow' ? (['auto', false] as const) : [false as const])(
    'capture %s,',
    (capture) => {
      it.each(kinds.flatMap((kind) => [1, 2].map((batches) => [kind, batches] as const)))(
        '%s, %i batches a step, takes the state back, and the run goes on to the same bits',
        async (kind, batchesPerStep) => {
          const whole = breaking(way, kind, batchesPerStep, capture);
          await whole.trainer.fit(data, { epochs: 2 });
          const end = await whole.trainer.save();
          const run = breaking(way, kind, batchesPerStep, capture);
          // What is recorded before a step is known to be stateful can't be taken back: such a run is marked.
          if (capture === false || batchesPerStep === 1) await failAtStart(run);
          run.breakAt(-1);
          await run.trainer.fit(data, { epochs: 1 });
          const between = await run.trainer.save();
          const tensors = tf.memory().numTensors;
          run.breakAt(4 / batchesPerStep);
          for (let time = 0; time < 2; time++) {
            await expect(run.trainer.fit(data, { epochs: 2 })).rejects.toThrow(/the optimizer is broken/);
            expect(await run.trainer.save()).toEqual(between);
            expect(tf.memory().numTensors).toBe(tensors);
          }
          run.breakAt(-1);
          await run.trainer.fit(data, { epochs: 2 });
          expect(await run.trainer.save()).toEqual(end);
          run.trainer.dispose();
          whole.trainer.dispose();
        },
      );
    },
  );
});
