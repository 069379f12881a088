import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { presentWays, tinyData, type Way } from '@cantrip/testing';
import type { AnyPlugin, Batch, Trainer } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const fails = (): never => {
  // What a hook has made before it fails is no longer wanted.
  tf.add(tf.scalar(1), tf.scalar(2));
  throw new Error('broken on purpose');
};

const beforeTheStep = ['scheduleLearningRate', 'scheduleScalars', 'transformVariables', 'structure'] as const;
const inStep = ['transformBatch', 'transformOutputs', 'transformTargets', 'transformLoss'] as const;
const later = ['wrapGradients', 'transformGradients', ...beforeTheStep] as const;
const observers = [
  'onTrainBegin',
  'onEpochBegin',
  'onStepBegin',
  'onStepEnd',
  'onEpochEnd',
  'onTrainEnd',
] as const;
const opening = ['prepare', 'setup', 'state', 'variables', 'transformOptimizer', 'api'] as const;
const tidyFails = (): never => tf.tidy(fails);

const failing = (hook: string): AnyPlugin => {
  const onHost = [...observers, ...opening, ...beforeTheStep].some((name) => name === hook);
  return { name: 'failing', [hook]: onHost ? tidyFails : fails };
};

/** Trains until the failure, and tells how many tensors more than before there are then, and after dispose. */
async function leftBy({ tinyTrainer }: Way, plugins: readonly AnyPlugin[]): Promise<number[]> {
  const trainer = tinyTrainer(plugins);
  // What the device and the model function keep for good is there from now on.
  const before = tf.memory().numTensors;
  await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(/broken on purpose/);
  const after = tf.memory().numTensors;
  await expect(trainer.fit(tinyData(), { epochs: 2 })).rejects.toThrow(/broken on purpose/);
  const again = tf.memory().numTensors;
  trainer.dispose();
  return [after - before, again - after];
}

describe.each(await presentWays())('a hook that fails, $name,', (way) => {
  const { tinyTrainer } = way;

  it.each(opening)('%s, leaves no tensor', async (hook) => {
    await tinyTrainer().open();
    expect(await leftBy(way, [failing(hook)])).toEqual([0, 0]);
  });

  it.each([...inStep, ...later, ...observers])(
    '%s, leaves no more tensors at the second failure',
    async (hook) => {
      const [, more] = await leftBy(way, [failing(hook)]);
      expect(more).toBe(0);
    },
  );

  it.each([...inStep, ...later, ...observers])(
    '%s, leaves only the model’s weights after dispose',
    async (hook) => {
      const trainer = tinyTrainer([failing(hook)]);
      const before = tf.memory().numTensors;
      await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(/broken on purpose/);
      const { run } = await trainer.open();
      const { variables } = run;
      trainer.dispose();
      tf.dispose(Object.values(variables));
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('later in a run leaves what a step leaves', async () => {
    let steps = 0;
    const trainer = tinyTrainer([
      { name: 'late', transformBatch: (batch: Batch) => (steps > 3 ? fails() : batch) },
    ]);
    await trainer.fit(tinyData(), { epochs: 1 });
    const before = tf.memory().numTensors;
    steps = 4;
    // Another size is recorded anew.
    await expect(trainer.fit(tinyData({ examples: 21, batch: 7 }), { epochs: 2 })).rejects.toThrow(
      /broken on purpose/,
    );
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });
});

const [{ tinyTrainer }] = (await presentWays()) as [Way];
const train = (
  plugins: readonly AnyPlugin[],
  log: string[] = [],
): { trainer: Trainer; run: Promise<unknown> } => {
  const trainer = tinyTrainer(plugins, { log: (message) => log.push(message) });
  return { trainer, run: trainer.fit(tinyData(), { epochs: 1 }) };
};

describe('a hook that must be synchronous', () => {
  const synchronous = [...opening, ...inStep, ...later];

  it.each(synchronous)('%s, is named where it returns a promise', async (hook) => {
    const { run } = train([{ name: 'waiting', [hook]: () => Promise.resolve({}) }]);
    await expect(run).rejects.toThrow(
      new RegExp(`^\\[waiting\\] ${hook} must be synchronous, but it returned a promise.*\\(HOOK_ASYNC\\)$`),
    );
  });

  it.each(synchronous)(
    '%s, is named where its promise is rejected, which goes nowhere else',
    async (hook) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', note);
      const { run } = train([{ name: 'waiting', [hook]: () => Promise.reject(new Error('late')) }]);
      await expect(run).rejects.toThrow(/\(HOOK_ASYNC\)$/);
      await new Promise((resolve) => setTimeout(resolve, 5));
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    },
  );

  it.each(['prepare', 'setup'])('the undo function of %s, is named too', async (hook) => {
    const { trainer, run } = train([
      { name: 'waiting', [hook]: () => () => Promise.reject(new Error('late')) },
    ]);
    await run;
    expect(() => trainer.dispose()).toThrow(
      `[waiting] the undo function of ${hook} must be synchronous, but it returned a promise. Make it synchronous`,
    );
  });
});

describe('what a plugin gives the trainer to keep', () => {
  it.each([
    ['state', 'a plain object', []],
    ['state', 'a plain object', 1],
    ['variables', 'variables by name', 1],
    ['variables', 'variables by name', { average: 1 }],
  ])('%s, must be %s, not %s', async (hook, wanted, given) => {
    const { run } = train([{ name: 'odd', [hook]: () => given }]);
    await expect(run).rejects.toThrow(
      new RegExp(`^\\[odd\\] ${hook} must return ${wanted}.*\\(HOOK_RESULT\\)$`),
    );
  });
});

describe('an error is not hidden', () => {
  it('by an onError that throws, and other plugins are told of it', async () => {
    const seen: unknown[] = [];
    const log: string[] = [];
    const plugins: AnyPlugin[] = [
      { name: 'first', transformLoss: fails, onError: () => Promise.reject(new Error('second error')) },
      { name: 'other', onError: ({ error }) => void seen.push(error) },
    ];
    const error: unknown = await train(plugins, log).run.catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/transformLoss threw: broken on purpose/);
    expect(seen).toEqual([error]);
    expect(log.filter((message) => message.includes('second error'))).toEqual([
      expect.stringMatching(
        /^\[first\] onError threw: second error\. .* This happened after the error that ended the run\.$/,
      ),
    ]);
  });

  it('by an undo function that throws after a setup that failed', async () => {
    const log: string[] = [];
    const undone: string[] = [];
    const plugins: AnyPlugin[] = [
      { name: 'below', setup: () => () => void undone.push('below') },
      { name: 'second', setup: () => tidyFails },
      {
        name: 'first',
        setup: () => {
          throw new Error('cannot set up');
        },
      },
    ];
    await expect(train(plugins, log).run).rejects.toThrow(/\[first\] setup threw: cannot set up/);
    expect(log.join()).toMatch(/\[second\] the undo function of setup threw: broken on purpose/);
    expect(undone).toEqual(['below']);
  });

  it('by another where several undo functions throw: all run, and dispose names each', async () => {
    const undone: string[] = [];
    const undoing = (name: string, broken = false): AnyPlugin => ({
      name,
      setup: () => () => {
        undone.push(name);
        if (broken) throw new Error(`${name} is stuck`);
      },
    });
    const { trainer, run } = train([undoing('a', true), undoing('b'), undoing('c', true)]);
    await run;
    const error = (() => {
      try {
        trainer.dispose();
      } catch (reason) {
        return reason as CantripError;
      }
      throw new Error('nothing was thrown');
    })();
    expect(undone).toEqual(['c', 'b', 'a']);
    expect(error).toBeInstanceOf(CantripError);
    expect(error.message).toBe(
      '[trainer] not all changes could be undone (c: the undo function of setup threw: c is stuck; a: the undo function of setup threw: a is stuck). Read the errors in the property cause. (HOOK_FAILED)',
    );
    expect((error.cause as AggregateError).errors).toHaveLength(2);
  });
});
