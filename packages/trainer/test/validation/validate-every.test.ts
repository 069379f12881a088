import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { AnyPlugin, FitOptions, Snapshot, Trainer, TrainerOptions } from '../../src/index.ts';

const data = tinyData({ examples: 20, batch: 4 }); // five steps an epoch
const validation = tinyData({ examples: 9 });

/** Notes when validations are told, with their loss: `step 3` within an epoch, `epoch 1` at its end. */
function noting(): { readonly told: [string, number][]; readonly plugin: AnyPlugin } {
  const told: [string, number][] = [];
  return {
    told,
    plugin: {
      name: 'notes',
      onValidated: ({ step, logs }) => void told.push([`step ${step}`, logs['validation_loss']!]),
      onEpochEnd({ epoch, logs, validationLeftOut }) {
        if (!validationLeftOut) told.push([`epoch ${epoch}`, logs['validation_loss']!]);
      },
    },
  };
}

type Every = FitOptions['validateEvery'];

async function momentsOf(
  validateEvery: Every,
  fit: Partial<FitOptions> = { epochs: 3 },
  options: Partial<TrainerOptions> = {},
): Promise<string[]> {
  const { told, plugin } = noting();
  const trainer = tinyTrainer([plugin], options);
  await trainer.fit(data, { validation, validateEvery, ...fit });
  trainer.dispose();
  return told.map(([moment]) => moment);
}

describe('validateEvery', () => {
  it.each<[Every, readonly string[]]>([
    [undefined, ['epoch 1', 'epoch 2', 'epoch 3']],
    ['1ep', ['epoch 1', 'epoch 2', 'epoch 3']],
    ['2ep', ['epoch 2']],
    ['0.5ep', ['step 3', 'epoch 1', 'step 8', 'epoch 2', 'step 13', 'epoch 3']],
    ['0.4ep', ['step 2', 'step 4', 'step 6', 'step 8', 'epoch 2', 'step 12', 'step 14']],
    ['1.5ep', ['step 8', 'epoch 3']],
    [4, ['step 4', 'step 8', 'step 12']],
    [5, ['epoch 1', 'epoch 2', 'epoch 3']],
    [
      1,
      [1, 2, 3, 4]
        .flatMap((step) => `step ${step}`)
        .concat(
          'epoch 1',
          'step 6',
          'step 7',
          'step 8',
          'step 9',
          'epoch 2',
          'step 11',
          'step 12',
          'step 13',
          'step 14',
          'epoch 3',
        ),
    ],
    [100, []],
    ['20%', ['step 3', 'step 6', 'step 9', 'step 12', 'epoch 3']],
  ])('%s of three epochs of five steps', async (every, moments) => {
    expect(await momentsOf(every)).toEqual(moments);
  });

  it('counts updates, not batches, when gradients are accumulated', async () => {
    const optimizer = accumulateGradients(sgd({ learningRate: 0.1 }), { steps: 2 }); // three steps an epoch
    expect(await momentsOf(2, { epochs: 2 }, { optimizer })).toEqual(['step 2', 'step 4', 'epoch 2']);
    expect(await momentsOf('0.5ep', { epochs: 1 }, { optimizer })).toEqual(['step 2', 'epoch 1']);
  });

  it('validates after the last of so many steps, if it is due there, and not otherwise', async () => {
    expect(await momentsOf(4, { steps: 8 })).toEqual(['step 4', 'step 8']);
    expect(await momentsOf(4, { steps: 9 })).toEqual(['step 4', 'step 8']);
  });

  it('gives epochs without a due validation the figures of training alone', async () => {
    const trainer = tinyTrainer();
    const { epochs, validations } = await trainer.fit(data, { validation, validateEvery: 3, epochs: 3 });
    expect(epochs.map((logs) => Object.keys(logs))).toEqual([
      ['loss', 'accuracy'],
      ['loss', 'accuracy'],
      ['loss', 'accuracy', 'validation_loss', 'validation_accuracy'],
    ]);
    expect(validations!.map(({ step, logs }) => [step, Object.keys(logs)])).toEqual(
      [3, 6, 9, 12].map((step) => [step, ['validation_loss', 'validation_accuracy']]),
    );
    trainer.dispose();
  });

  it('measures what evaluate measures after these steps', async () => {
    const [long, short] = [tinyTrainer(), tinyTrainer()];
    const { validations } = await long.fit(data, { validation, validateEvery: 3, epochs: 1 });
    await short.fit(data, { steps: 3 });
    const { loss, accuracy } = await short.evaluate(validation);
    expect(validations![0]!.logs).toEqual({ validation_loss: loss, validation_accuracy: accuracy });
    long.dispose();
    short.dispose();
  });

  it('names the figures of several data sets as at the end of an epoch', async () => {
    const trainer = tinyTrainer();
    const sets = { clean: validation, other: tinyData({ examples: 6 }) };
    const { validations } = await trainer.fit(data, { validation: sets, validateEvery: 3, steps: 3 });
    expect(Object.keys(validations![0]!.logs)).toEqual([
      'validation_clean_loss',
      'validation_clean_accuracy',
      'validation_other_loss',
      'validation_other_accuracy',
    ]);
    trainer.dispose();
  });

  it('is told as an event of a loop', async () => {
    const trainer = tinyTrainer();
    const kinds: string[] = [];
    for await (const { kind, step } of trainer.train(data, { validation, validateEvery: 3, epochs: 1 }))
      kinds.push(`${kind} ${step}`);
    expect(kinds).toEqual(['step 1', 'step 2', 'step 3', 'validation 3', 'step 4', 'step 5', 'epoch 5']);
    trainer.dispose();
  });

  it('is logged in a line', async () => {
    const lines: string[] = [];
    const trainer = tinyTrainer([], { reporter: true, log: (line) => void lines.push(line) });
    await trainer.fit(data, { validation, validateEvery: 3, steps: 4 });
    expect(lines.join('\n')).toMatch(
      /^\[trainer\] step 3: validation_loss [\d.]+, validation_accuracy [\d.]+$/m,
    );
    trainer.dispose();
  });

  it('also ends an epoch that gave fewer batches than promised', async () => {
    const short = {
      ...data,
      batches: function* (request: Parameters<typeof data.batches>[0]) {
        let count = 0;
        for (const batch of data.batches(request) as Iterable<never>) if (count++ < 4) yield batch;
      },
    };
    const { told, plugin } = noting();
    const trainer = tinyTrainer([plugin]);
    await trainer.fit(short, { validation, validateEvery: '0.5ep', epochs: 2, shortEpoch: 'warn' });
    expect(told.map(([moment]) => moment)).toEqual(['step 3', 'epoch 1', 'step 7', 'epoch 2']);
    trainer.dispose();
  });

  it.each<[unknown, RegExp]>([
    [0, /validateEvery must be a length longer than 0, got 0/],
    ['0ep', /validateEvery must be a length longer than 0/],
    [0.5, /validateEvery must be a whole number of steps, epochs such as '5ep', or a share/],
    ['10min', /validateEvery must be a whole number of steps/],
    [NaN, /validateEvery must be a whole number of steps/],
  ])('refuses %s', (every, message) => {
    const trainer = tinyTrainer();
    expect(() => trainer.fit(data, { validation, validateEvery: every as Every, epochs: 1 })).toThrow(
      message,
    );
    trainer.dispose();
  });

  it('is refused without validation data, where it would do nothing', () => {
    const trainer = tinyTrainer();
    expect(() => trainer.fit(data, { validateEvery: 3, epochs: 1 })).toThrow(
      '[fit] validateEvery is 3, but validation is missing. Pass the data to evaluate as validation, or remove validateEvery. (OPTION_INVALID)',
    );
    trainer.dispose();
  });
});

/** Five time steps whose state goes on from batch to batch. */
const stateful = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.reshape({ targetShape: [6, 6], batchInputShape: [4, 6, 6, 1] }),
      tf.layers.simpleRNN({ units: 4, stateful: true }),
      tf.layers.dense({ units: 3 }),
    ],
  });

describe.each(await presentDevices(['cpu', 'tensorflow']))('on %s', (device) => {
  it.each<[string, Partial<TrainerOptions>]>([
    ['batch norm and dropout', {}],
    ['a stateful layer', { model: stateful }],
  ])('validations within an epoch change nothing of the training: %s', async (_, options) => {
    const train = async (validateEvery: Every): Promise<Snapshot> => {
      const trainer = tinyTrainer([], { device, ...options });
      const same = tinyData({ examples: 8, batch: 4 });
      await trainer.fit(data, { validation: same, validateEvery, epochs: 2 });
      const { history: _, ...snapshot } = await trainer.save();
      trainer.dispose();
      return snapshot;
    };
    expect(await train(1)).toEqual(await train(undefined));
  });
});

describe('a run that goes on', () => {
  const fit = { validation, validateEvery: 2, epochs: 2 } as const;

  async function unbroken(): Promise<[string, number][]> {
    const { told, plugin } = noting();
    const trainer = tinyTrainer([plugin]);
    await trainer.fit(data, fit);
    trainer.dispose();
    return told;
  }

  /** Saves in a hook of a step, or stops there, and goes on in another trainer. */
  async function broken(
    step: number,
    hook: 'onStepEnd' | 'onSettled' | 'onEvaluateBegin',
    stop = false,
  ): Promise<[string, number][]> {
    const { told, plugin } = noting();
    let saved: Snapshot | undefined;
    let known = 0;
    const trainer: Trainer = tinyTrainer([
      plugin,
      {
        name: 'ends',
        async [hook]({
          step: now,
          run,
          after,
        }: {
          step: number;
          run: { stop(reason: string): void };
          after?: string;
        }) {
          if (now !== step || saved || (after !== undefined && after !== 'step')) return;
          if (stop) return run.stop('asked');
          saved = await trainer.save();
          known = told.length;
          run.stop('asked');
        },
      } as AnyPlugin,
    ]);
    await trainer.fit(data, fit);
    if (stop) {
      saved = await trainer.save();
      known = told.length;
    }
    trainer.dispose();
    told.splice(known);
    const next = tinyTrainer([plugin, { name: 'ends' }]);
    await next.restore(structuredClone(saved!));
    await next.fit(data, fit);
    next.dispose();
    return told;
  }

  // Others validate twice then, or one batch alone, or not at all.
  it.each(
    [1, 2, 3, 4, 6, 8].flatMap((step) =>
      (['onStepEnd', 'onSettled'] as const).map((hook) => [step, hook] as const),
    ),
  )('from a snapshot at step %i in %s has each validation once, of all examples', async (step, hook) => {
    expect(await broken(step, hook)).toEqual(await unbroken());
  });

  it.each([2, 4])('has the validation of step %i that was stopped', async (step) => {
    expect(await broken(step, 'onEvaluateBegin', true)).toEqual(await unbroken());
  });

  it('has it too if no step is left', async () => {
    const { told, plugin } = noting();
    const trainer = tinyTrainer([plugin, { name: 'saves' }]);
    const options = { validation, validateEvery: 2, steps: 2 } as const;
    let saved: Snapshot | undefined;
    const saving: Trainer = tinyTrainer([
      { name: 'notes' },
      { name: 'saves', onStepEnd: async ({ step }) => void (step === 2 && (saved = await saving.save())) },
    ]);
    await saving.fit(data, options);
    expect(saved!.validationDue).toBe(true);
    expect((await saving.save()).validationDue).toBeUndefined();
    await trainer.restore(saved!);
    await trainer.fit(data, options);
    expect(told.map(([moment]) => moment)).toEqual(['step 2']);
    trainer.dispose();
    saving.dispose();
  });

  it('forgets what was due in a fit without validation data', async () => {
    const { told, plugin } = noting();
    const trainer = tinyTrainer([
      plugin,
      { name: 'stops', onStepEnd: ({ step, run }) => void (step === 2 && run.stop('asked')) },
    ]);
    await trainer.fit(data, fit);
    await trainer.fit(data, { epochs: 1 });
    expect(told.map(([moment]) => moment)).toEqual(['epoch 1']);
    trainer.dispose();
  });
});
