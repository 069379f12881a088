import { tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { type CudnnMode, cudnnTuning } from '../src/index.ts';

describe('the cudnn-tuner plugin', () => {
  it('warns once, with the count, when the last batch is a short one', async () => {
    expect(await messagesOf('benchmark', { examples: 20, epochs: 3 })).toEqual([
      expect.stringMatching(/^\[cudnn-tuner\] 2 different input shapes so far, the latest inputs\[4,6,6,1\]/),
    ]);
  });

  it('is silent when all batches are alike', async () => {
    expect(await messagesOf('benchmark', { examples: 24, epochs: 2 })).toEqual([]);
  });

  it('does not look at shapes where nothing is measured', async () => {
    expect(await messagesOf('deterministic', { examples: 20, epochs: 2 })).toEqual([]);
    expect(await messagesOf('off', { examples: 20, epochs: 2 })).toEqual([]);
  });

  it('does not warn again after a run is resumed', async () => {
    const data = tinyData({ examples: 20 });
    const first = tinyTrainer([cudnnTuning()]);
    await first.fit(data, { epochs: 1 });
    const snapshot = structuredClone(await first.save());
    first.dispose();
    const messages: string[] = [];
    const second = tinyTrainer([cudnnTuning()], { log: (message) => messages.push(message) });
    await second.restore(snapshot);
    await second.fit(data, { epochs: 2 });
    second.dispose();
    expect(messages).toEqual([]);
  });
});

async function messagesOf(
  mode: CudnnMode,
  { examples, epochs }: { readonly examples: number; readonly epochs: number },
): Promise<readonly string[]> {
  const messages: string[] = [];
  const trainer = tinyTrainer([cudnnTuning({ mode })], { log: (message) => messages.push(message) });
  await trainer.fit(tinyData({ examples }), { epochs });
  trainer.dispose();
  return messages;
}
