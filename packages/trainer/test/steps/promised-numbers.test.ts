import type { AnyPlugin, BatchSource, StepEnd } from '@cantrip/trainer';
import { cosine, findLearningRate, lrSchedule } from '@cantrip/lr-schedules';
import { describe, expect, it } from 'vitest';
import { column, scalarTrainer } from './scalar-model.ts';

/** A source that promises 5 batches and gives so many; one that goes on tells when it is ended. */
function giving(count: number, ended: () => void = () => undefined): BatchSource {
  return {
    batchesPerEpoch: 5,
    *batches() {
      try {
        for (let i = 0; i < count; i++) yield column(1, 2);
      } finally {
        ended();
      }
    },
  };
}

function watched(): { readonly rates: number[]; readonly plugins: AnyPlugin[] } {
  const rates: number[] = [];
  const watch: AnyPlugin = {
    name: 'watch',
    onStepEnd: ({ learningRate }: StepEnd) => void rates.push(learningRate),
  };
  return { rates, plugins: [lrSchedule(cosine({ value: 1, steps: '100%' })), watch] };
}

describe('an epoch', () => {
  it.each([Infinity, 6])('of data that gives %s batches ends at the promised number', async (count) => {
    const { rates, plugins } = watched();
    let ended = 0;
    const trainer = scalarTrainer({}, plugins);
    const history = await trainer.fit(
      giving(count, () => ended++),
      { epochs: 2 },
    );
    expect(history.epochs).toHaveLength(2);
    expect(history.stopped).toBeUndefined();
    expect(trainer.position()).toEqual({ epoch: 2, step: 10 });
    expect(rates).toHaveLength(10);
    expect(Math.min(...rates)).toBeGreaterThan(0);
    expect(ended).toBe(2);
    trainer.dispose();
  });

  it('of data that ends early is refused, with how many batches came', async () => {
    const trainer = scalarTrainer();
    await expect(trainer.fit(giving(3), { epochs: 2 })).rejects.toThrow(
      /^\[trainer\] the training data must give 5 batches in an epoch, but gave 3\..*\(DATA_SHORT\)$/,
    );
    expect(trainer.position()).toEqual({ epoch: 0, step: 3 });
    trainer.dispose();
  });

  it("of data that ends early goes on to the next one with shortEpoch: 'warn', and says so", async () => {
    const said: string[] = [];
    const trainer = scalarTrainer({ log: (message) => said.push(message) });
    const { epochs } = await trainer.fit(giving(3), { epochs: 2, shortEpoch: 'warn' });
    expect(epochs).toHaveLength(2);
    expect(said).toEqual(
      Array(2).fill('[trainer] the training data must give 5 batches in an epoch, but gave 3.'),
    );
    trainer.dispose();
  });

  it('of one generator that is handed out again is refused, because nothing is left of it', async () => {
    const generator = giving(5).batches({ seed: 0, epoch: 0, start: 0 });
    const trainer = scalarTrainer();
    await expect(trainer.fit({ stepsPerEpoch: 5, batches: () => generator }, { epochs: 2 })).rejects.toThrow(
      /must give 5 batches in an epoch, but gave none.*return a new iterator.*\(DATA_EMPTY\)$/,
    );
    trainer.dispose();
  });
});

describe('validation', () => {
  it('on endless data ends at the promised number', async () => {
    let read = 0;
    const endless: BatchSource = {
      batchesPerEpoch: 2,
      *batches() {
        for (; ; read++) yield column(1);
      },
    };
    const trainer = scalarTrainer();
    const { epochs } = await trainer.fit(giving(5), { epochs: 1, validation: endless });
    expect(Object.keys(epochs[0]!)).toContain('validation_loss');
    expect(read).toBeLessThanOrEqual(2);
    await trainer.evaluate(endless);
    trainer.dispose();
  });

  it('on data that ends early is refused', async () => {
    const trainer = scalarTrainer();
    await expect(trainer.fit(giving(5), { epochs: 1, validation: giving(4) })).rejects.toThrow(
      /the validation data must give 5 batches in an epoch, but gave 4.*\(DATA_SHORT\)/,
    );
    await expect(trainer.evaluate(giving(4))).rejects.toThrow(
      /must give 5 batches in an epoch, but gave 4.*\(DATA_SHORT\)/,
    );
    trainer.dispose();
  });

  it('on several sets by name has figures of each', async () => {
    const trainer = scalarTrainer();
    const validation = { clean: giving(5), noisy: giving(6) };
    const { epochs } = await trainer.fit(giving(5), { epochs: 1, validation });
    expect(Object.keys(epochs[0]!)).toEqual(['loss', 'validation_clean_loss', 'validation_noisy_loss']);
    trainer.dispose();
  });
});

describe('fit', () => {
  it('with nothing left to do says so', async () => {
    const said: string[] = [];
    const trainer = scalarTrainer({ log: (message) => said.push(message) });
    await trainer.fit(giving(5), { epochs: 2 });
    const history = await trainer.fit(giving(5), { epochs: 1 });
    expect(history.epochs).toEqual([]);
    expect(history.stopped).toBe('no epochs are left: 2 epochs are done, and epochs is 1');
    expect(said.join()).toContain('epochs are counted from the start of the run');
    trainer.dispose();
  });

  it('ends after the step in which its signal is aborted, and keeps the reason', async () => {
    const controller = new AbortController();
    const abort: AnyPlugin = {
      name: 'abort',
      onStepEnd: ({ step }: { step: number }) => {
        if (step === 2) controller.abort(new Error('enough'));
      },
    };
    const trainer = scalarTrainer({}, [abort]);
    const history = await trainer.fit(giving(5), { epochs: 3, signal: controller.signal });
    expect(history).toMatchObject({ epochs: [], stopped: 'enough' });
    expect(trainer.position()).toEqual({ epoch: 0, step: 2 });
    expect((await trainer.fit(giving(5), { epochs: 3, signal: controller.signal })).stopped).toBe('enough');
    expect(trainer.position()).toEqual({ epoch: 0, step: 2 });
    trainer.dispose();
  });

  it('that is stopped during validation ends it at the next batch', async () => {
    let read = 0;
    const trainer = scalarTrainer();
    const { run } = await trainer.open();
    const validation: BatchSource = {
      batchesPerEpoch: 100,
      *batches() {
        for (;;) {
          if (++read === 3) run.stop('SIGINT');
          yield column(1);
        }
      },
    };
    const history = await trainer.fit(giving(5), { epochs: 4, validation });
    expect(read).toBeLessThan(6);
    expect(history).toMatchObject({ stopped: 'SIGINT' });
    expect(history.epochs).toHaveLength(1);
    expect(Object.keys(history.epochs[0]!)).toEqual(['loss']);
    trainer.dispose();
  });
});

describe('the learning rate finder', () => {
  it('refuses data that gives nothing, instead of asking for ever', async () => {
    const trainer = scalarTrainer({}, [lrSchedule(cosine({ value: 1, steps: '100%' }))]);
    await expect(findLearningRate(trainer, giving(0))).rejects.toThrow(
      /\[findLearningRate\] the data has no batch.*\(DATA_EMPTY\)/,
    );
    trainer.dispose();
  });
});
