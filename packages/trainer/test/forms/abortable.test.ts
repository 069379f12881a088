import { tinyData, tinyTrainer } from '@cantrip/testing';
import type { BatchSource } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

/** Says how often it was told to end. */
function watched(told: { ends: number }, failAt = Infinity, batches = 3): BatchSource {
  return {
    batchesPerEpoch: batches,
    *batches(request) {
      try {
        let given = 0;
        for (;;)
          for (const batch of tinyData().batches({ ...request, start: 0 }) as Iterable<never>) {
            if (given++ === failAt) throw new Error('out of paper');
            yield batch;
          }
      } finally {
        told.ends += 1;
      }
    },
  };
}

/** Aborts when the second batch is asked for. */
function aborting(told: { ends: number }): { source: BatchSource; signal: AbortSignal } {
  const ending = new AbortController();
  const { batches, ...rest } = watched(told);
  return {
    signal: ending.signal,
    source: {
      ...rest,
      *batches(request) {
        let count = 0;
        for (const batch of batches(request) as Iterable<never>) {
          if (++count === 2) ending.abort(new Error('enough'));
          yield batch;
        }
      },
    },
  };
}

describe.each(['evaluate', 'predict'] as const)('%s', (what) => {
  it('ends with the reason of a signal, tells the data to end, and works again', async () => {
    const trainer = tinyTrainer();
    await trainer.open();
    const told = { ends: 0 };
    const { source, signal } = aborting(told);
    const before = tf.memory().numTensors;
    await expect(trainer[what](source, { signal })).rejects.toThrow('enough');
    expect(told.ends).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
    await expect(trainer[what](watched(told), { signal })).rejects.toThrow('enough');
    await expect(trainer[what](watched(told))).resolves.toBeDefined();
    trainer.dispose();
  });

  it('reads as many batches as data promises that never ends, and tells it to end, after an error too', async () => {
    const trainer = tinyTrainer();
    const told = { ends: 0 };
    await trainer[what](watched(told));
    expect(told.ends).toBe(1);
    await expect(trainer[what](watched(told, 1))).rejects.toThrow('out of paper');
    expect(told.ends).toBe(2);
    trainer.dispose();
  });

  it.each([
    [{ signal: 3 } as never, 'signal must be'],
    [{ until: new AbortController().signal } as never, 'until'],
  ])('refuses %j', async (options, message) => {
    const trainer = tinyTrainer();
    await expect((async () => trainer[what](tinyData(), options) as unknown)()).rejects.toThrow(message);
    trainer.dispose();
  });
});

describe('fit tells the data to end', () => {
  it.each<[string, (told: { ends: number }) => Promise<unknown>]>([
    ['at the promised number', async (told) => tinyTrainer().fit(watched(told), { epochs: 1 })],
    [
      'where a hook fails',
      async (told) => {
        const failing = { name: 'failing', onStepEnd: () => Promise.reject(new Error('no more')) };
        await expect(tinyTrainer([failing]).fit(watched(told), { epochs: 1 })).rejects.toThrow('no more');
      },
    ],
    [
      'where it is stopped',
      async (told) => {
        const { source, signal } = aborting(told);
        expect((await tinyTrainer().fit(source, { epochs: 1, signal })).stopped).toBe('enough');
      },
    ],
  ])('%s', async (_, run) => {
    const told = { ends: 0 };
    await run(told);
    expect(told.ends).toBe(1);
  });
});

describe('evaluate alone', () => {
  const data = (value: number): BatchSource => ({
    batchesPerEpoch: 1,
    batches: () => [
      {
        inputs: { values: new Float32Array(36).fill(value), shape: [1, 6, 6, 1] },
        targets: { values: Int32Array.of(0), shape: [1] },
        size: 1,
      },
    ],
  });

  it('says that its loss is no number, and that the parameters are', async () => {
    const trainer = tinyTrainer();
    await expect(trainer.evaluate(data(NaN))).rejects.toThrow(
      '[evaluate] the loss is NaN, but every parameter is finite. Look for NaN, infinity or very large values in the data, or for a ' +
        'logarithm or division in the model. (LOSS_NOT_FINITE)',
    );
    await expect(trainer.evaluate(data(1))).resolves.toHaveProperty('loss');
    trainer.dispose();
  });

  it('names the parameters that are none', async () => {
    const trainer = tinyTrainer();
    const { run } = await trainer.open();
    const [name, variable] = Object.entries(run.variables).at(-1)!;
    tf.tidy(() => variable.assign(tf.fill(variable.shape, NaN)));
    await expect(trainer.evaluate(data(1))).rejects.toThrow(
      `[evaluate] the loss is NaN, because ${name} holds NaN or infinity.`,
    );
    trainer.dispose();
  });
});
