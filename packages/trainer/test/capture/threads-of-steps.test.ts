import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const [device] = await presentDevices(['tensorflow']);

describe.skipIf(!device)('explain() of a trainer', () => {
  it('says how many threads an op of the training step uses, and why, once the step is recorded', async () => {
    const trainer = tinyTrainer([], { device: 'tensorflow', capture: true });
    expect(trainer.explain()).not.toContain('threads');
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(trainer.explain()).toMatch(
      /^threads {2}(one|all) in an op of the training step: (a typical product .* floating-point operations, |this process has one)/m,
    );
    trainer.dispose();
  });

  it('says nothing where the step runs op by op', async () => {
    const trainer = tinyTrainer([], { device: 'tensorflow', capture: false });
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(trainer.explain()).not.toContain('threads');
    trainer.dispose();
  });
});
