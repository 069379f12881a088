import { batchNormFreezing, gradualUnfreezing } from '@cantrip/freeze-bn';
import type { HostContext, Plugin, Run } from '@cantrip/trainer';
import fc from 'fast-check';
import { expect, it } from 'vitest';

type Every = readonly `${number}%`[];

/** From which step on each group trains, told from the share of the learning rate that it is given. */
function starts(plugin: Plugin, groups: number, totalSteps: number): number[] {
  const run = {} as Run;
  const firsts = Array.from({ length: groups }, () => totalSteps);
  for (let step = totalSteps - 1; step >= 0; step--) {
    const context = { run, step, stepsPerEpoch: 1, totalSteps } as unknown as HostContext;
    const scalars = plugin.scheduleScalars!({}, context) as Record<string, number>;
    for (let group = 0; group < groups; group++)
      if (scalars[`unfreezing/${group}`]! > 0) firsts[group] = step;
  }
  return firsts;
}

it('stages end at the nearest step to their share of the run, one after the other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 400 }),
      (drawn, steps) => {
        const sum = Math.max(
          1000,
          drawn.reduce((total, one) => total + one, 0),
        );
        const parts = drawn.map((one) => Math.floor((one * 1000) / sum) / 10);
        const groups = ['a', ...parts.map((_, index) => `b${index}`)];
        const every: Every = parts.map((part) => `${part}%` as const);
        const found = starts(gradualUnfreezing({ groups, every, ramp: '1%' }), groups.length, steps);
        let exact = 0;
        parts.forEach((part, index) => {
          exact += (part / 100) * steps;
          expect(Math.abs(found[groups.length - 2 - index]! - exact)).toBeLessThanOrEqual(0.5 + 1e-6);
        });
        expect(found).toEqual(found.toSorted((a, b) => b - a));
      },
    ),
  );
});

it('three stages of a third each end with the run, whatever its length', () => {
  const plugin = gradualUnfreezing({
    groups: ['a', 'b', 'c', 'd'],
    every: ['33.3%', '33.3%', '33.4%'],
    ramp: 1,
  });
  for (const steps of [1, 2, 4, 5, 7, 50, 160, 400]) expect(starts(plugin, 4, steps)[0]).toBe(steps);
});

it('a freeze from half to six tenths is no error in a run of three steps, where both are step 2', () => {
  const plugin = batchNormFreezing({ at: '50%', until: '60%' });
  const context = {
    run: {},
    step: 0,
    stepsPerEpoch: 3,
    totalSteps: 3,
    state: { frozen: false },
    locals: { freezing: { turn: () => undefined } },
  } as unknown as HostContext;
  expect(() => plugin.onTrainBegin?.(context as never)).not.toThrow();
  expect(() => batchNormFreezing({ at: '60%', until: '50%' }).onTrainBegin?.(context as never)).toThrow(
    'until must be after at (60%), got 50%',
  );
});
