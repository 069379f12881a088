import * as tf from '@tensorflow/tfjs-core';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, BatchSource, Trainer, TrainerOptions } from '@cantrip/trainer';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => void vi.restoreAllMocks());

const broken = (what: string): never => {
  throw new Error(`${what} is broken`);
};
const messageOf = (fn: () => void): string => {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  return 'nothing was thrown';
};

describe.each(await presentWays())('when everything fails, $name,', (way) => {
  /** What a trainer leaves, beside its model's weights, when it is done. */
  async function leaving(
    plugins: readonly AnyPlugin[],
    use: (trainer: Trainer) => Promise<unknown>,
    options: Partial<TrainerOptions> = {},
  ): Promise<void> {
    await way.tinyTrainer().open();
    const before = tf.memory().numTensors;
    const trainer = way.tinyTrainer(plugins, options);
    const { run } = await trainer.open();
    await use(trainer);
    messageOf(() => trainer.dispose());
    tf.dispose(Object.values(run.variables));
    expect(tf.memory().numTensors).toBe(before);
  }

  it.each(['once', 'for good'])('a variable whose own assign throws %s', async (how) => {
    let throws = false;
    await leaving([], async (trainer) => {
      const { variables } = (await trainer.open()).run;
      await trainer.fit(tinyData(), { epochs: 1 });
      const between = await trainer.save();
      const variable = Object.values(variables).at(-1)!;
      const assign = variable.assign.bind(variable);
      variable.assign = (value) => {
        if (!throws) return assign(value);
        if (how === 'once') throws = false;
        return broken('assign');
      };
      throws = true;
      // Another size of the batches is recorded anew, and so runs the JavaScript.
      const failed = trainer.fit(tinyData({ examples: 24, batch: 6 }), { epochs: 2 });
      await expect(failed).rejects.toThrow(/assign is broken/);
      throws = false;
      // The data that the run has seen is noted before its first step.
      expect({ ...(await trainer.save()), data: undefined }).toEqual({ ...between, data: undefined });
      Reflect.deleteProperty(variable, 'assign');
      await trainer.fit(tinyData(), { epochs: 2 });
    });
  });

  it('two hooks at once: the first is thrown, the second is told', async () => {
    const log: string[] = [];
    const failing = (name: string): AnyPlugin => ({
      name,
      state: () => ({}),
      onStepEnd: async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        broken(name);
      },
    });
    await leaving(
      [failing('first'), failing('second')],
      async (trainer) => {
        const failed = trainer.fit(tinyData(), { epochs: 1 });
        const beside = trainer.evaluate(tinyData());
        await expect(failed).rejects.toThrow(/^\[first\] onStepEnd threw: first is broken/);
        await expect(beside).resolves.toHaveProperty('loss');
        expect(log.filter((line) => line.includes('second is broken'))).toHaveLength(1);
        expect(trainer.position().step).toBe(1);
      },
      { log: (line) => void log.push(line) },
    );
  });

  it('an onError that throws, while the undo functions throw as well', async () => {
    const log: string[] = [];
    const undone: string[] = [];
    const plugins: AnyPlugin[] = [
      { name: 'below', setup: () => () => void undone.push('below') },
      {
        name: 'all',
        prepare: () => () => broken('the undo of prepare'),
        setup: () => () => broken('the undo of setup'),
        onEpochBegin: () => broken('onEpochBegin'),
        onError: () => broken('onError'),
      },
    ];
    await leaving(
      plugins,
      async (trainer) => {
        await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(/onEpochBegin is broken/);
        expect(log.filter((line) => line.includes('onError is broken'))).toHaveLength(1);
        expect(messageOf(() => trainer.dispose())).toMatch(
          /undo of setup is broken.*undo of prepare is broken/,
        );
        expect(undone).toEqual(['below']);
        // The second has nothing left to undo.
        expect(messageOf(() => trainer.dispose())).toBe('nothing was thrown');
        await expect(trainer.save()).rejects.toThrow(/TRAINER_DISPOSED/);
      },
      { log: (line) => void log.push(line) },
    );
  });

  it('what comes after dispose is refused, and a second dispose does nothing', async () => {
    await leaving([], async (trainer) => {
      await trainer.fit(tinyData(), { epochs: 1 });
      const snapshot = await trainer.save();
      trainer.dispose();
      trainer.dispose();
      const example = { values: new Float32Array(36), shape: [1, 6, 6, 1] };
      const asks = [
        () => trainer.fit(tinyData(), { epochs: 2 }),
        () => trainer.evaluate(tinyData()),
        () => trainer.predict(example),
        () => trainer.save(),
        () => trainer.restore(snapshot),
        () => trainer.open(),
      ];
      for (const ask of asks)
        await expect(ask()).rejects.toThrow(
          /^\[trainer\] must not be used after dispose\(\).*TRAINER_DISPOSED/,
        );
    });
  });

  it('dispose before the first use leaves nothing, and nothing opens afterwards', async () => {
    const prepare = vi.fn();
    const before = tf.memory().numTensors;
    const trainer = way.tinyTrainer([{ name: 'watch', prepare }]);
    trainer.dispose();
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(/TRAINER_DISPOSED/);
    expect(prepare).not.toHaveBeenCalled();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(['onTrainBegin', 'onStepEnd', 'onEpochEnd', 'onTrainEnd', 'timer'])(
    'dispose during fit, from %s, is refused, and the fit goes on',
    async (from) => {
      const said: string[] = [];
      const ask = (): void => void said.push(messageOf(() => trainer!.dispose()));
      let trainer: Trainer | undefined;
      await leaving([from === 'timer' ? { name: 'none' } : { name: 'asks', [from]: ask }], async (one) => {
        trainer = one;
        const timer = from === 'timer' ? setTimeout(ask, 0) : undefined;
        const { epochs } = await one.fit(tinyData({ examples: 120 }), { epochs: 1 });
        clearTimeout(timer);
        expect(epochs).toHaveLength(1);
        expect(said.length).toBeGreaterThan(0);
        for (const line of said)
          expect(line).toMatch(/dispose was called while fit is running.*TRAINER_BUSY/);
      });
    },
  );

  it('a signal that is aborted during validation ends it, and the epoch says nothing of it', async () => {
    const controller = new AbortController();
    const validation: BatchSource = {
      ...tinyData(),
      *batches(place) {
        for (const batch of tinyData().batches(place) as Iterable<never>) {
          controller.abort(new Error('enough'));
          yield batch;
        }
      },
    };
    const told: unknown[] = [];
    await leaving([{ name: 'watch', onEpochEnd: ({ logs }) => void told.push(logs) }], async (trainer) => {
      const { epochs, stopped } = await trainer.fit(tinyData(), {
        epochs: 3,
        validation,
        signal: controller.signal,
      });
      expect(stopped).toBe('enough');
      expect(epochs).toHaveLength(1);
      expect(Object.keys(epochs[0]!)).toEqual(['loss', 'accuracy']);
      expect(told).toEqual(epochs);
      expect(trainer.position()).toEqual({ epoch: 1, step: 3 });
    });
  });

  it.each(['evaluate', 'save', 'predict'] as const)(
    'an interrupt during %s in a hook ends the fit after its step, and what was asked for is whole',
    async (what) => {
      const results: unknown[] = [];
      const example = { values: new Float32Array(36), shape: [1, 6, 6, 1] };
      let trainer: Trainer | undefined;
      const ask = (): Promise<unknown> =>
        what === 'evaluate'
          ? trainer!.evaluate(tinyData())
          : what === 'save'
            ? trainer!.save()
            : trainer!.predict(example);
      const listeners = process.listenerCount('SIGINT');
      const plugin: AnyPlugin = {
        name: 'asks',
        onStepEnd: async () => {
          const asked = ask();
          process.emit('SIGINT');
          results.push(await asked);
        },
      };
      await leaving(
        [plugin],
        async (one) => {
          trainer = one;
          const { epochs, stopped } = await one.fit(tinyData(), { epochs: 2 });
          expect([epochs, stopped]).toEqual([[], 'SIGINT']);
          expect(results).toHaveLength(1);
          expect(one.position()).toEqual({ epoch: 0, step: 1 });
          tf.dispose(what === 'predict' ? (results as tf.Tensor[]) : []);
        },
        { handleInterrupt: true },
      );
      expect(process.listenerCount('SIGINT')).toBe(listeners);
    },
  );

  it.each(['evaluate', 'save', 'open'] as const)(
    'outside of fit, and while the trainer is opened, %s leaves interrupts to the program',
    async (what) => {
      const listeners = process.listenerCount('SIGINT');
      const seen: number[] = [];
      const note = (): void => void seen.push(process.listenerCount('SIGINT'));
      const source: BatchSource = {
        ...tinyData(),
        batches: (place) => (note(), tinyData().batches(place)),
      };
      const trainer = way.tinyTrainer([{ name: 'watch', prepare: note, setup: note }], {
        handleInterrupt: true,
      });
      const asked = what === 'evaluate' ? trainer.evaluate(source) : trainer[what]();
      note();
      await asked;
      note();
      expect(new Set(seen)).toEqual(new Set([listeners]));
      trainer.dispose();
    },
  );

  it('a stop that a plugin asks for while fit opens the trainer is heard, and no step is done', async () => {
    const trainer = way.tinyTrainer([{ name: 'stops', setup: (run) => run.stop('no need') }]);
    expect((await trainer.fit(tinyData(), { epochs: 1 })).stopped).toBe('no need');
    expect(trainer.position().step).toBe(0);
    trainer.dispose();
  });
});
