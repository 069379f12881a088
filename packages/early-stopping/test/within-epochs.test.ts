import { sgd } from '@cantrip/optimizers';
import { presentWays, tinyData, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, FitOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { earlyStopping } from '../src/index.ts';

const data = tinyData({ examples: 20, batch: 4 }); // five steps an epoch
const validation = tinyData({ examples: 9 });
const fit = { validation, validateEvery: 2, epochs: 6 } satisfies FitOptions;
/** So large that the figure goes up and down. */
const optimizer = sgd({ learningRate: 0.9 });

describe.each(await presentWays())(
  'early stopping at validations within epochs, $name,',
  ({ tinyTrainer }) => {
    /** What each validation of a run without early stopping measured, and the weights then. */
    async function course(): Promise<
      readonly { step: number; figure: number; weights: Awaited<ReturnType<typeof weightsOf>> }[]
    > {
      const seen: { step: number; figure: number; weights: Awaited<ReturnType<typeof weightsOf>> }[] = [];
      const note: AnyPlugin['onValidated'] = async ({ step, logs }) => {
        const figure = logs['validation_loss'];
        if (figure !== undefined) seen.push({ step, figure, weights: await weightsOf(trainer) });
      };
      const trainer = tinyTrainer([{ name: 'notes', onValidated: note, onEpochEnd: note }], { optimizer });
      await trainer.fit(data, fit);
      trainer.dispose();
      return seen;
    }

    it('counts checks, stops at once, and gives the model the weights of the best one', async () => {
      const seen = await course();
      expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, i) => 2 * (i + 1)));
      const patience = 2;
      // Keras's rule, by hand.
      let [best, wait, last] = [seen[0]!, 0, seen[0]!];
      for (last of seen.slice(1)) {
        if (last.figure < best.figure) [best, wait] = [last, 0];
        else if (++wait >= patience) break;
      }
      expect(wait, 'the run is one that stops').toBe(patience);
      const plugin = earlyStopping({ patience });
      const trainer = tinyTrainer([plugin], { optimizer });
      const { stopped } = await trainer.fit(data, fit);
      expect((await trainer.save()).position.step).toBe(last.step);
      expect(stopped).toBe(
        `[early-stopping] validation_loss is ${short(last.figure)} and has not improved for 2 checks; the best was ${short(best.figure)} after step ${best.step}`,
      );
      expect(await weightsOf(trainer)).toEqual(best.weights);
      trainer.dispose();
    });

    it('stops at the same step if the run went on from a snapshot', async () => {
      const stepAfter = async (pause: number | undefined): Promise<unknown> => {
        let trainer = tinyTrainer([earlyStopping({ patience: 2 })], { optimizer });
        if (pause !== undefined) {
          await trainer.fit(data, { ...fit, steps: pause });
          const saved = await trainer.save();
          trainer.dispose();
          trainer = tinyTrainer([earlyStopping({ patience: 2 })], { optimizer });
          await trainer.restore(saved);
        }
        await trainer.fit(data, fit);
        const { position, variables } = await trainer.save();
        trainer.dispose();
        return { position, variables };
      };
      const whole = await stepAfter(undefined);
      for (const pause of [1, 2, 3]) expect(await stepAfter(pause)).toEqual(whole);
    });
  },
);

const [way] = await presentWays();

const short = (figure: number): number => Number(figure.toPrecision(6));

describe('an epoch whose end is not validated', () => {
  // Lightning ended such a run with an error, or waited for a figure of an epoch before.
  it.each(['2ep', 7, '1.5ep'] as const)('is no check: validateEvery %s', async (validateEvery) => {
    const plugin = earlyStopping({ patience: 1, minDelta: 100 });
    const trainer = way!.tinyTrainer([plugin]);
    const steps: number[] = [];
    for await (const { kind, step } of trainer.train(data, { validation, validateEvery, epochs: 6 }))
      if (kind !== 'step') steps.push(step);
    // The first check is the best, and the second one ends the run.
    const second = { '2ep': 20, 7: 14, '1.5ep': 15 }[validateEvery];
    expect(steps.at(-1)).toBe(second);
    trainer.dispose();
  });

  it('is one for a figure of the training, and the validations are none', async () => {
    const plugin = earlyStopping({ monitor: 'loss', patience: 1, minDelta: 100 });
    const trainer = way!.tinyTrainer([plugin]);
    await trainer.fit(data, { validation, validateEvery: 2, epochs: 6 });
    expect((await trainer.save()).position).toMatchObject({ epoch: 2, step: 10 });
    trainer.dispose();
  });

  it('still needs validation data for a figure of it', async () => {
    const trainer = way!.tinyTrainer([earlyStopping()]);
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(
      "[earlyStopping] monitor must be a figure of the logs, got 'validation_loss'.",
    );
    trainer.dispose();
  });
});
