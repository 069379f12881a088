import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const lineOf = (epoch: string, figures: string, rate = '0.05'): RegExp =>
  new RegExp(
    `^\\[trainer\\] epoch ${epoch}: ${figures}; learning rate ${rate}; [\\d,.]+ examples/s; [\\d.]+ m?s$`,
  );
const number = String.raw`[\d.e-]+`;
const trained = `loss ${number}, accuracy ${number}`;
const validated = `${trained}, validation_loss ${number}, validation_accuracy ${number}`;

describe.each(await presentWays())('the default reporter $name', ({ tinyTrainer }) => {
  const saying = (plugins: readonly AnyPlugin[] = [], options: Partial<TrainerOptions> = {}) => {
    const said: string[] = [];
    const log = (message: string): void => void said.push(message);
    const trainer = tinyTrainer(plugins, { reporter: true, log, ...options });
    // The way of training may log of its own.
    const lines = (): string[] =>
      said.splice(0).filter((line) => /^\[trainer\] (epoch|goes|ended|trains)/.test(line));
    return { trainer, lines };
  };

  it('tells the device when it is open, and each epoch with all its figures', async () => {
    const { trainer, lines } = saying();
    await trainer.open();
    expect(lines()).toEqual([expect.stringMatching(/^\[trainer\] trains on \w+ \(.+\).*\.$/)]);
    await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    expect(lines()).toEqual([
      expect.stringMatching(lineOf('1/2', validated)),
      expect.stringMatching(lineOf('2/2', validated)),
    ]);
    trainer.dispose();
  });

  it('says the figures that fit returns', async () => {
    const { trainer, lines } = saying();
    const { epochs } = await trainer.fit(tinyData(), { epochs: 1 });
    expect(lines().at(-1)).toContain(`loss ${Number(epochs[0]!['loss']!.toPrecision(4))}, `);
    trainer.dispose();
  });

  it('names the learning rate of the last step', async () => {
    const plugin: AnyPlugin = { name: 'rates', scheduleLearningRate: (_, { step }) => (step + 1) / 1000 };
    const { trainer, lines } = saying([plugin]);
    await trainer.open();
    lines();
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(lines()).toEqual([
      expect.stringMatching(lineOf('1/2', trained, '0.003')),
      expect.stringMatching(lineOf('2/2', trained, '0.006')),
    ]);
    trainer.dispose();
  });

  it('prints nothing for an evaluation or a prediction by hand', async () => {
    const { trainer, lines } = saying();
    await trainer.open();
    lines();
    await trainer.evaluate(tinyData());
    (await trainer.predict(tinyData())) as unknown;
    expect(lines()).toEqual([]);
    trainer.dispose();
  });

  it('says where a run goes on that was restored, but not where the next fit begins', async () => {
    const stopping: AnyPlugin = {
      name: 'stopping',
      onStepEnd: ({ run, step }) => void (step === 4 && run.stop('enough')),
    };
    const { trainer, lines } = saying([stopping]);
    await trainer.open();
    lines();
    await trainer.fit(tinyData(), { epochs: 1 });
    await trainer.fit(tinyData(), { epochs: 3 });
    expect(lines()).toEqual([
      expect.stringMatching(lineOf('1/1', trained)),
      '[trainer] ended after 1 batch of epoch 2/3, step 4: enough.',
    ]);
    const snapshot = await trainer.save();
    trainer.dispose();
    const next = saying([{ name: 'stopping' }]);
    await next.trainer.restore(snapshot);
    next.lines();
    await next.trainer.fit(tinyData(), { epochs: 3 });
    expect(next.lines()).toEqual([
      '[trainer] goes on after 1 batch of epoch 2/3, step 4.',
      expect.stringMatching(lineOf('2/3', trained)),
      expect.stringMatching(lineOf('3/3', trained)),
    ]);
    next.trainer.dispose();
  });

  it('says why a run ended, and where', async () => {
    const stopping = (hook: 'onTrainBegin' | 'onEpochEnd'): AnyPlugin => ({
      name: 'stopping',
      [hook]: ({ run }: { run: { stop(reason: string): void } }) => run.stop('[stopping] it is good enough.'),
    });
    for (const [hook, told] of [
      ['onTrainBegin', 'before the first step'],
      ['onEpochEnd', 'after epoch 1/3, step 3'],
    ] as const) {
      const { trainer, lines } = saying([stopping(hook)]);
      await trainer.fit(tinyData(), { epochs: 3 });
      expect(lines().at(-1)).toBe(`[trainer] ended ${told}: [stopping] it is good enough.`);
      trainer.dispose();
    }
  });

  it('says once that no epochs are left', async () => {
    const said: string[] = [];
    const trainer = tinyTrainer([], { reporter: true, log: (line) => void said.push(line) });
    await trainer.fit(tinyData(), { epochs: 1 });
    said.length = 0;
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(said).toEqual([expect.stringContaining('no epochs are left')]);
    trainer.dispose();
  });

  it('leaves the epochs to a plugin that provides progress, and nothing else', async () => {
    const { trainer, lines } = saying([{ name: 'bar', provides: ['progress'] }]);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(lines()).toEqual([expect.stringMatching(/trains on/)]);
    trainer.dispose();
  });

  it('counts examples, not batches, with accumulation too', async () => {
    const waiting: AnyPlugin = {
      name: 'waiting',
      onStepEnd: async () => new Promise((resolve) => setTimeout(resolve, 60)),
    };
    const optimizer = accumulateGradients(sgd({ learningRate: 0.05 }), { steps: 2 });
    const { trainer, lines } = saying([waiting], { optimizer });
    await trainer.fit(tinyData({ examples: 20 }), { epochs: 1 });
    const [, rate] = /([\d,.]+) examples\/s/.exec(lines().at(-1)!)!;
    // Two steps of at least 60 ms.
    expect(Number(rate!.replace(',', ''))).toBeLessThan(20 / 0.118);
    expect(Number(rate!.replace(',', ''))).toBeGreaterThan(20 / 60);
    trainer.dispose();
  });

  it('is silent with reporter: false', async () => {
    const { trainer, lines } = saying([], { reporter: false });
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(lines()).toEqual([]);
    trainer.dispose();
  });
});
