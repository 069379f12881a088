import { openDevice } from '@cantrip/core-tensor-gpu';
import { freezeBatchNorm } from '@cantrip/freeze-bn';
import { tinyTrainer } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { outputs, twoNorms, values } from './models.ts';

type Model = ReturnType<typeof twoNorms>;

/** Whether a call in training normalises with the moving statistics and leaves them alone. */
function isFrozen(model: Model): boolean {
  const before = values(model);
  const same = String(outputs(model, true)) === String(outputs(model, false));
  return same && String(values(model)) === String(before);
}

/** Opening a trainer lets the layers train with fused ops, disposing of it ends that. */
async function open(model: Model): Promise<() => void> {
  const trainer = tinyTrainer([], { model });
  await trainer.open();
  return () => trainer.dispose();
}

describe('freezing layers that a trainer has fused', () => {
  beforeAll(() => openDevice('cpu'));

  it.each([
    ['before the trainer opens', 'before it is disposed of', true, true],
    ['before the trainer opens', 'after it was disposed of', true, false],
    ['after the trainer opened', 'before it is disposed of', false, true],
    ['after the trainer opened', 'after it was disposed of', false, false],
  ])('%s and thawing %s both hold', async (_, __, freezeFirst, thawFirst) => {
    const model = twoNorms();
    const early = freezeFirst ? freezeBatchNorm(model) : undefined;
    const dispose = await open(model);
    const thaw = early ?? freezeBatchNorm(model);
    expect(isFrozen(model)).toBe(true);
    const [first, second] = thawFirst ? [thaw, dispose] : [dispose, thaw];
    first();
    expect(isFrozen(model)).toBe(!thawFirst);
    second();
    expect(isFrozen(model)).toBe(false);
    expect(model.layers.map((layer) => Object.hasOwn(layer, 'call'))).toEqual([false, false, false, false]);
  });
});
