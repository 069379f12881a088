import { presentDevices, testTrick, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { cudnnEnvironment, cudnnTuning } from '../src/index.ts';

// TensorFlow loads once in a process: here in the mode that testTrick trains in.
Object.assign(process.env, cudnnEnvironment('deterministic'));

testTrick(
  {
    name: 'cudnn-tuner',
    // It changes how fast a step is, and no number.
    hasEffect: false,
    create: () => cudnnTuning({ mode: 'deterministic' }),
    devices: ['tensorflow'],
  },
  { describe, it },
);

describe('a mode', () => {
  it('comes too late for a TensorFlow that has loaded in another mode', async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
    const trainer = tinyTrainer([cudnnTuning({ mode: 'benchmark' })], { device: 'tensorflow' });
    await expect(trainer.open()).rejects.toMatchObject({ code: 'ENVIRONMENT_TOO_LATE' });
    trainer.dispose();
  });
});
