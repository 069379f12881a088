import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, BatchSource, Trainer } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const hooks = ['onTrainBegin', 'onEpochBegin', 'onStepEnd', 'onEpochEnd', 'onTrainEnd', 'onError'] as const;

type Wait = (promise: Promise<unknown>) => Promise<unknown>;
const waits: readonly (readonly [string, Wait])[] = [
  ['await', async (promise) => await promise],
  ['return', (promise) => promise],
  ['then', (promise) => promise.then(() => 1)],
  ['finally', (promise) => promise.finally(() => undefined)],
  [
    'Promise.all after a pause',
    async (promise) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await Promise.all([promise]);
    },
  ],
];

/** A test that hangs says nothing, and its trainer would go on. */
const inTime = <T>(promise: Promise<T>): Promise<T | 'it hangs'> =>
  Promise.race([promise, new Promise<'it hangs'>((resolve) => setTimeout(resolve, 3000, 'it hangs'))]);

const [{ tinyTrainer }] = (await presentWays()) as [Awaited<ReturnType<typeof presentWays>>[number]];

describe('code that waits for what waits for it is refused at once', () => {
  it.each(hooks.flatMap((hook) => waits.map(([how, wait]) => [hook, how, wait] as const)))(
    '%s, with %s for its own fit',
    async (hook, _, wait) => {
      let refusal: unknown;
      const plugins: AnyPlugin[] = [
        { name: 'waits', [hook]: () => wait(run).catch((error: unknown) => (refusal = error)) },
      ];
      if (hook === 'onError')
        plugins.push({ name: 'fails', onStepEnd: () => Promise.reject(new Error('broken')) });
      const trainer = tinyTrainer(plugins);
      const run = trainer.fit(tinyData(), { epochs: 1 });
      const ended: unknown = await inTime(run.catch((error: unknown) => error));
      expect(ended).not.toBe('it hangs');
      expect(String(refusal)).toContain(
        `[waits] ${hook} awaits fit, but fit waits for this hook. Do not await it in a hook; run.stop() ends fit after the current step. (TRAINER_BUSY)`,
      );
      trainer.dispose();
    },
  );

  it('the error ends the fit where the hook lets it through', async () => {
    const trainer = tinyTrainer([{ name: 'waits', onEpochEnd: () => run.then(() => undefined) }]);
    const run: Promise<unknown> = trainer.fit(tinyData(), { epochs: 1 });
    const said = inTime(run.then(() => 'trained', String));
    expect(await said).toMatch(/^CantripError: \[waits\] onEpochEnd awaits fit/);
    trainer.dispose();
  });

  it('a hook that waits for a save from outside, before all plugins with state are told', async () => {
    let asked: Promise<unknown> | undefined;
    const timer = setInterval(() => {
      if (told) asked ??= trainer.save();
    }, 0);
    let told = false;
    const plugins: AnyPlugin[] = [
      {
        name: 'waits',
        onStepEnd: async () => {
          told = true;
          while (!asked) await new Promise((resolve) => setTimeout(resolve, 1));
          await asked;
        },
      },
      {
        name: 'keeps',
        state: () => ({ steps: 0 }),
        onStepEnd: ({ state }) => void ((state as { steps: number }).steps += 1),
      },
    ];
    const trainer: Trainer = tinyTrainer(plugins);
    const run = trainer.fit(tinyData(), { epochs: 1 });
    const said = await inTime(run.then(() => 'trained', String));
    clearInterval(timer);
    expect(said).toBe(
      'CantripError: [waits] onStepEnd awaits a save, but this save waits until the hooks of all plugins have ended. Call save in onStepEnd itself. (TRAINER_BUSY)',
    );
    await expect(asked).resolves.toBeDefined();
    trainer.dispose();
  });

  it('data that waits for the evaluation that reads it, and a model function that waits for its own opening', async () => {
    const trainer = tinyTrainer();
    const source: BatchSource = {
      ...tinyData(),
      async *batches() {
        await evaluation;
        yield* [];
      },
    };
    const evaluation: Promise<unknown> = trainer.evaluate(source);
    expect(await inTime(evaluation.then(() => 'evaluated', String))).toMatch(
      /\[trainer\] the data that evaluate reads waits for evaluate, which cannot end before evaluate has ended.*\(TRAINER_BUSY\)$/,
    );
    trainer.dispose();
    const opened = tinyTrainer([], { model: (async () => (await opening) as never) as never });
    const opening: Promise<unknown> = opened.open();
    expect(await inTime(opening.then(() => 'open', String))).toMatch(
      /\[trainer\] the model function or a plugin waits for open, which cannot end before the trainer is open.*\(TRAINER_BUSY\)$/,
    );
    opened.dispose();
  });

  it('but not a hook that waits for an earlier fit, for its own save, or for an evaluation from outside', async () => {
    const outside: Promise<unknown>[] = [];
    const done: string[] = [];
    const trainer: Trainer = tinyTrainer([
      {
        name: 'waits',
        onEpochBegin: async ({ epoch }) => {
          if (epoch === 0) return;
          await trainer.save();
          await Promise.all(outside);
          done.push('all');
        },
      },
    ]);
    outside.push(trainer.fit(tinyData(), { epochs: 1 }));
    await outside[0];
    const second = trainer.fit(tinyData(), { epochs: 2 });
    outside.push(trainer.evaluate(tinyData()));
    expect(await inTime(second.then(() => 'trained', String))).toBe('trained');
    expect(done).toEqual(['all']);
    trainer.dispose();
  });
});
