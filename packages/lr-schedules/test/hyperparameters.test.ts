import { adamw, scheduled, sgd } from '@cantrip/optimizers';
import { presentWays, testTrick, tinyData, tinyTrainer, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, Plugin } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import {
  batchScale,
  constant,
  hyperparameterSchedule,
  linear,
  lrSchedule,
  multiply,
  oneCycle,
} from '../src/index.ts';
import { hostContext } from './host-context.ts';

const ways = await presentWays();

const momentum = (): AnyPlugin =>
  hyperparameterSchedule(
    { momentum: oneCycle({ initialValue: 0.95, peakValue: 0.85, endValue: 0.95, steps: '100%' }) },
    { newHorizon: 'stretch' },
  );

testTrick(
  {
    name: 'lr-schedules/hyperparameters',
    create: momentum,
    devices: ['tensorflow', 'wasm'],
    options: { optimizer: sgd({ learningRate: 0.05, momentum: scheduled('momentum') }) },
    // Without the plugin nothing gives the momentum.
    optionsWithout: {},
  },
  { describe, it },
);
testTrick(
  {
    name: 'lr-schedules/hyperparameters',
    create: momentum,
    // A scalar that no optimizer asks for.
    identity: momentum,
    hasEffect: false,
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

async function trained(
  optimizer: ReturnType<typeof sgd>,
  plugins: readonly AnyPlugin[],
  create = tinyTrainer,
): Promise<unknown> {
  const trainer = create(plugins, { optimizer });
  await trainer.fit(tinyData(), { epochs: 2 });
  const weights = await weightsOf(trainer);
  trainer.dispose();
  return weights;
}

describe('a scheduled hyperparameter', () => {
  it.each(ways)('that stays the same trains as the number does, $name', async ({ tinyTrainer }) => {
    const fixed = await trained(
      sgd({ learningRate: 0.05, momentum: 0.5, weightDecay: 0.25 }),
      [],
      tinyTrainer,
    );
    const plugin = hyperparameterSchedule({
      momentum: constant({ value: 0.5 }),
      decay: constant({ value: 0.25 }),
    });
    const optimizer = sgd({
      learningRate: 0.05,
      momentum: scheduled('momentum'),
      weightDecay: scheduled('decay'),
    });
    expect(await trained(optimizer, [plugin], tinyTrainer)).toEqual(fixed);
  });

  it('that changes trains otherwise', async () => {
    const optimizer = adamw({ weightDecay: scheduled('decay') });
    const decay = (endValue: number): AnyPlugin =>
      hyperparameterSchedule({ decay: linear({ initialValue: 0.5, endValue, steps: '100%' }) });
    expect(await trained(optimizer, [decay(0)])).not.toEqual(await trained(optimizer, [decay(0.5)]));
  });

  it('may be the learning rate of one group, with a shape of its own', async () => {
    const optimizer = sgd({ groups: [{ match: '**/kernel', learningRate: scheduled('kernels') }] });
    const common = lrSchedule(linear({ initialValue: 0.1, endValue: 0, steps: '100%' }));
    const frozen = hyperparameterSchedule({ kernels: constant({ value: 0 }) });
    const before = await trained(optimizer, [lrSchedule(constant({ value: 0 })), frozen]);
    const after = await trained(optimizer, [common, frozen]);
    const changed = Object.keys(after as object).filter(
      (name) => JSON.stringify((after as never)[name]) !== JSON.stringify((before as never)[name]),
    );
    expect(changed.some((name) => name.endsWith('gamma'))).toBe(true);
    expect(changed.filter((name) => name.endsWith('kernel'))).toEqual([]);
  });

  it('that no plugin gives is an error before anything has changed', async () => {
    await expect(trained(sgd({ momentum: scheduled('momentum') }), [])).rejects.toThrow(
      'Add hyperparameterSchedule({ momentum: … })',
    );
  });
});

describe('hyperparameterSchedule', () => {
  it('gives the scalars beside those of other plugins, and says which through its api', async () => {
    const plugin = hyperparameterSchedule({ smoothing: linear({ endValue: 0.5, steps: '100%' }) });
    const told: (number | undefined)[] = [];
    const listener: Plugin = {
      name: 'listener',
      onStepEnd: ({ run }) => void told.push(run.use(plugin).current('smoothing')),
    };
    const trainer = tinyTrainer([plugin, listener]);
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect(told.map((value) => value?.toFixed(9))).toEqual(['0.000000000', '0.166666667', '0.333333333']);
    const scalars = plugin.scheduleScalars!({ lambda: 1 }, hostContext(plugin.state!(), { step: 3 }));
    expect(scalars).toEqual({ lambda: 1, smoothing: 0.25 });
  });

  it.each([
    [() => hyperparameterSchedule({}), 'schedules must be an object of at least one schedule'],
    [
      () => hyperparameterSchedule({ momentum: 0.9 as never }),
      'schedules.momentum must be a schedule, that is a function (step) => number, got 0.9',
    ],
    [() => hyperparameterSchedule({ learningRate: () => 1 }), 'Use lrSchedule to schedule the learning rate'],
    [
      () => hyperparameterSchedule({ step: () => 1 }),
      'the name step is reserved for a scalar of the trainer',
    ],
  ])('refuses what makes no sense (%#)', (make, message) => {
    expect(make).toThrow(message);
  });

  it('refuses a value that is not finite, and a schedule that is too short', () => {
    const bad = hyperparameterSchedule({ momentum: () => Number.NaN });
    expect(() => bad.scheduleScalars!({}, hostContext(bad.state!()))).toThrow(
      'momentum must be finite, got NaN from its schedule at step 0',
    );
    const short = hyperparameterSchedule({ momentum: linear({ endValue: 1, steps: 2 }) });
    expect(() => short.onTrainBegin!(hostContext(short.state!()) as never)).toThrow(
      '[hyperparameterSchedule, momentum] the schedule has 2 steps, but the run has 6',
    );
  });
});

describe('batchScale', () => {
  it('is linear, or the square root', () => {
    // Goyal et al. train with 0.1 * 8192 / 256 = 3.2; timm takes the root for Adam: sqrt(1024 / 256) = 2.
    expect(0.1 * batchScale({ batchSize: 8192 })).toBe(3.2);
    expect(batchScale({ batchSize: 1024, rule: 'sqrt' })).toBe(2);
    expect(batchScale({ batchSize: 16, referenceBatchSize: 64 })).toBe(0.25);
    expect(multiply(constant({ value: 1e-3 }), batchScale({ batchSize: 512 }))(0)).toBe(2e-3);
  });

  it('refuses half an example', () => {
    expect(() => batchScale({ batchSize: 0.5 })).toThrow(
      '[batchScale] batchSize must be an integer, got 0.5',
    );
  });
});
