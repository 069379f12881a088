import { linear } from '@cantrip/lr-schedules';
import { sgd } from '@cantrip/optimizers';
import { presentWays, weightsOf } from '@cantrip/testing';
import { type BatchSource, type PluginList, softmaxCrossEntropy } from '@cantrip/trainer';
import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { labelSmoothing } from '../src/index.ts';

/** Two digits of one input: outputs `tens` and `ones`. */
function twoDigits(): LayersModel {
  const inputs = input({ shape: [4] });
  const head = (name: string): SymbolicTensor =>
    layers.dense({ units: 3, name }).apply(inputs) as SymbolicTensor;
  return model({ inputs, outputs: [head('tens'), head('ones')] });
}

const data: BatchSource = {
  batchesPerEpoch: 3,
  *batches() {
    for (let step = 0; step < 3; step++) {
      const labels = (by: number): { values: Int32Array; shape: number[] } => ({
        values: Int32Array.from({ length: 6 }, (_, row) => (row * by + step) % 3),
        shape: [6],
      });
      yield {
        inputs: { values: Float32Array.from({ length: 24 }, (_, at) => Math.sin(at + step)), shape: [6, 4] },
        targets: { tens: labels(1), ones: labels(2) },
        size: 6,
      };
    }
  },
};

describe.each(await presentWays())('label smoothing of two outputs, $name,', ({ tinyTrainer }) => {
  const options = {
    model: twoDigits,
    optimizer: sgd({ learningRate: 0.5 }),
    loss: { tens: softmaxCrossEntropy(), ones: softmaxCrossEntropy() },
    metrics: {},
  };
  const trained = async (plugins: PluginList): Promise<Record<string, readonly number[]>> => {
    const trainer = tinyTrainer(plugins as never, options);
    await trainer.fit(data, { epochs: 2 });
    const weights = await weightsOf(trainer);
    trainer.dispose();
    return weights as Record<string, readonly number[]>;
  };
  const ofOutput = (weights: Record<string, readonly number[]>, output: string): readonly number[][] =>
    Object.entries(weights).flatMap(([name, values]) => (name.startsWith(output) ? [[...values]] : []));

  it('is that of each output alone, with a share of its own, which may follow a schedule', async () => {
    const annealed = linear({ initialValue: 0.4, endValue: 0, steps: '100%' });
    const tens = labelSmoothing({ output: 'tens', instance: 'tens', smoothing: annealed });
    const ones = labelSmoothing({
      output: 'ones',
      instance: 'ones',
      smoothing: linear({ initialValue: 0.1, endValue: 0.3, steps: '100%' }),
    });
    const both = await trained([tens, ones]);
    const [onlyTens, onlyOnes, none] = [await trained([tens]), await trained([ones]), await trained([])];
    expect(ofOutput(both, 'tens')).toEqual(ofOutput(onlyTens, 'tens'));
    expect(ofOutput(both, 'ones')).toEqual(ofOutput(onlyOnes, 'ones'));
    expect(ofOutput(both, 'tens')).not.toEqual(ofOutput(none, 'tens'));
    expect(ofOutput(both, 'ones')).not.toEqual(ofOutput(none, 'ones'));
  });

  it('is saved by instance', async () => {
    const tens = linear({ endValue: 0.3, steps: '100%' });
    const plugins = [
      labelSmoothing({ output: 'tens', instance: 'tens', smoothing: tens }),
      labelSmoothing({ output: 'ones', instance: 'ones' }),
    ];
    const trainer = tinyTrainer(plugins, options);
    await trainer.fit(data, { epochs: 2 });
    const { plugins: saved } = await trainer.save();
    trainer.dispose();
    expect(Object.keys(saved)).toEqual(['tiny-seed', 'label-smoothing:tens', 'label-smoothing:ones']);
    expect(saved['label-smoothing:tens']!.state).toHaveProperty('horizons');
    expect(saved['label-smoothing:ones']!.state).toEqual({});
  });

  it('is refused without instances', () => {
    expect(() =>
      tinyTrainer([labelSmoothing({ output: 'tens' }), labelSmoothing({ output: 'ones' })], options),
    ).toThrow('PLUGIN_TWICE');
    expect(() => labelSmoothing({ instance: '' })).toThrow('OPTION_INVALID');
  });
});
