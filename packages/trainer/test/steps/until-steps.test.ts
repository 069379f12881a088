import { presentWays, tinyData } from '@cantrip/testing';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import type { AnyPlugin } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';

// 24 examples in batches of 8.
const BATCHES = 3;
const validation = tinyData({ examples: 9 });

/** What the hooks are told. */
function told(): { readonly plugin: AnyPlugin; readonly lines: string[]; readonly lengths: Set<string> } {
  const lines: string[] = [];
  const lengths = new Set<string>();
  const plugin: AnyPlugin = {
    name: 'told',
    scheduleLearningRate(rate, { step, totalSteps, epochs, stepsPerEpoch }) {
      lengths.add(`${totalSteps} steps, ${epochs} epochs of ${stepsPerEpoch}`);
      return rate * (1 - step / totalSteps);
    },
    onStepEnd: ({ step }) => void lines.push(`step ${step}`),
    onEvaluateBegin: ({ step }) => void lines.push(`validation at ${step}`),
    onEpochEnd: ({ epoch, step }) => void lines.push(`epoch ${epoch} at ${step}`),
    onTrainEnd: () => void lines.push('end'),
  };
  return { plugin, lines, lengths };
}

describe.each(await presentWays())('fit({ steps }) $name', ({ tinyTrainer }) => {
  it('ends after so many updates, in the middle of an epoch too, and schedules follow them', async () => {
    const { plugin, lines, lengths } = told();
    const trainer = tinyTrainer([plugin]);
    const history = await trainer.fit(tinyData(), { steps: BATCHES + 2, validation });
    expect(trainer.position()).toEqual({ epoch: 1, step: 5 });
    expect(lines).toEqual([
      ...['step 1', 'step 2', 'step 3', 'validation at 3', 'epoch 1 at 3', 'step 4', 'step 5', 'end'],
    ]);
    expect([...lengths]).toEqual(['5 steps, 2 epochs of 3']);
    expect(history).toMatchObject({ epochs: [{ loss: expect.any(Number) as number }] });
    expect(history.unfinished).toEqual({
      loss: expect.any(Number) as number,
      accuracy: expect.any(Number) as number,
    });
    expect(history.stopped).toBeUndefined();
    trainer.dispose();
  });

  it('goes on after it to the same bits as a run that was never ended', async () => {
    const [whole, parts] = [tinyTrainer([]), tinyTrainer([])];
    const all = await whole.fit(tinyData(), { steps: 8, validation });
    const first = await parts.fit(tinyData(), { steps: 2, validation });
    const second = await parts.fit(tinyData(), { steps: 8, validation });
    expect([...first.epochs, ...second.epochs]).toEqual(all.epochs);
    expect(second.unfinished).toEqual(all.unfinished);
    expect(await parts.save()).toEqual(await whole.save());
    for (const trainer of [whole, parts]) trainer.dispose();
  });

  it('is resumed from the middle of an epoch to the same bits, with a schedule that follows steps', async () => {
    const store = memoryStore(new Map(), { steps: [4] });
    const unbroken = tinyTrainer([store, told().plugin]);
    await unbroken.fit(tinyData(), { steps: 8, validation });
    const resumed = tinyTrainer([memoryStore(store.kept), told().plugin]);
    await resumed.fit(tinyData(), { steps: 8, validation, resume: 'auto' });
    expect(await resumed.save()).toEqual(await unbroken.save());
    const other = tinyTrainer([memoryStore(store.kept), told().plugin]);
    await expect(other.fit(tinyData(), { steps: 7, resume: 'auto' })).rejects.toThrow(
      /length.*totalSteps was 8 and is 7.*STATE_MISMATCH/s,
    );
    for (const trainer of [unbroken, resumed, other]) trainer.dispose();
  });
});

const tinyTrainer = (await presentWays())[0]!.tinyTrainer;

describe('fit({ steps })', () => {
  it('completes an epoch that ends with the last step, and a second fit finds nothing left', async () => {
    const messages: string[] = [];
    const { plugin, lines } = told();
    const trainer = tinyTrainer([plugin], { log: (message: string) => void messages.push(message) });
    const history = await trainer.fit(tinyData(), { steps: BATCHES, validation });
    expect(history.epochs).toHaveLength(1);
    expect(history.unfinished).toBeUndefined();
    expect(lines).toEqual(['step 1', 'step 2', 'step 3', 'validation at 3', 'epoch 1 at 3', 'end']);
    for (const steps of [BATCHES, 1]) {
      const again = await trainer.fit(tinyData(), { steps, validation });
      expect(again.stopped).toBe(`no steps are left: 3 steps are done, and steps is ${steps}`);
    }
    expect(trainer.position()).toEqual({ epoch: 1, step: 3 });
    expect(lines.filter((line) => line.startsWith('validation'))).toHaveLength(1);
    expect(messages).toContain(
      '[trainer] no steps are left: 3 steps are done, and steps is 1; steps are counted from the start of the run.',
    );
    trainer.dispose();
  });

  it.each([
    { epochs: 1, steps: 5, at: { epoch: 1, step: 3 }, length: '3 steps, 1 epochs of 3' },
    { epochs: 3, steps: 5, at: { epoch: 1, step: 5 }, length: '5 steps, 2 epochs of 3' },
    { epochs: 3, steps: 9, at: { epoch: 3, step: 9 }, length: '9 steps, 3 epochs of 3' },
    { epochs: undefined, steps: 7, at: { epoch: 2, step: 7 }, length: '7 steps, 3 epochs of 3' },
  ])(
    'with epochs $epochs and steps $steps ends at what comes first',
    async ({ epochs, steps, at, length }) => {
      const { plugin, lengths } = told();
      const trainer = tinyTrainer([plugin]);
      await trainer.fit(tinyData(), { epochs, steps });
      expect(trainer.position()).toEqual(at);
      expect([...lengths]).toEqual([length]);
      trainer.dispose();
    },
  );

  it('counts updates, not batches, where gradients are accumulated', async () => {
    const batches: number[] = [];
    const trainer = tinyTrainer([{ name: 'batches', onStepEnd: ({ batch }) => void batches.push(batch) }], {
      optimizer: accumulateGradients(sgd({ learningRate: 0.05 }), { steps: 2 }),
    });
    await trainer.fit(tinyData(), { steps: 3 });
    expect(batches).toEqual([2, 3, 2]);
    expect(trainer.position()).toEqual({ epoch: 1, step: 3 });
    trainer.dispose();
  });

  it('keeps the length of a run that was restored in the middle of its last epoch', async () => {
    const { plugin, lengths } = told();
    const trainer = tinyTrainer([plugin]);
    await trainer.fit(tinyData(), { steps: 4 });
    lengths.clear();
    await trainer.fit(tinyData(), { steps: 6 });
    expect([...lengths]).toEqual(['6 steps, 2 epochs of 3']);
    expect(trainer.position()).toEqual({ epoch: 2, step: 6 });
    trainer.dispose();
  });

  it('ends the loop of train, and says in the log where the run ended', async () => {
    const messages: string[] = [];
    const trainer = tinyTrainer([], {
      reporter: true,
      log: (message: string) => void messages.push(message),
    });
    const steps: number[] = [];
    for await (const event of trainer.train(tinyData(), { steps: 4 }))
      if (event.kind === 'step') steps.push(event.step);
    expect(steps).toEqual([1, 2, 3, 4]);
    expect(messages.at(-1)).toBe('[trainer] ended after 1 batch of epoch 2/2, step 4: all 4 steps are done.');
    trainer.dispose();
  });
});
