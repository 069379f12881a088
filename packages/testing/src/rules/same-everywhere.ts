import { computed, requireSame } from '../bench/bench.ts';
import { outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';
import { accumulating } from './resumes.ts';

/** Float32 results of other kernels, after six steps. */
export const ROUNDING = { relative: 1e-3, absolute: 1e-4 };

export const sameCaptured: Rule = {
  name: 'trains the same captured as op by op',
  also: 'everywhere',
  skips: ({ way }) => (way.capture === true ? undefined : 'this way records nothing'),
  async check({ create, course, trainer, unbroken }) {
    const opByOp = await outcomeOf(trainer(create(), { capture: false }), course);
    requireSame(await unbroken(), opByOp, {
      where: 'op by op',
      slack: ROUNDING,
      fix: 'Pass numbers that change through scheduleScalars, or name the program with structure: a recorded step keeps the JavaScript values of its first run',
    });
  },
};

/** With two batches a step, a step has a recording for each phase. */
export const sameCapturedAccumulating: Rule = {
  name: 'trains the same captured as op by op also where a step has several batches',
  also: 'captured',
  skips: (bench) => {
    if (bench.way.capture !== true) return 'this way records nothing';
    return accumulating(bench) ? undefined : 'the optimizer cannot be wrapped';
  },
  async check(bench) {
    const { create, course, trainer } = bench;
    const more = accumulating(bench)!;
    const captured = await outcomeOf(trainer(create(), more), course);
    const opByOp = await outcomeOf(trainer(create(), { ...more, capture: false }), course);
    requireSame(captured, opByOp, {
      where: 'op by op, with several batches a step',
      slack: ROUNDING,
      fix: 'Let no JavaScript value decide what the step of a batch does: a step has one recording for each phase',
    });
  },
};

export const sameOnEachDevice: Rule = {
  name: 'trains the same as on the cpu',
  also: 'everywhere',
  skips: ({ way }) =>
    way.device === 'cpu' || way.capture === true ? 'another rule compares this' : undefined,
  async check({ create, course, trainer, unbroken }) {
    const onCpu = await outcomeOf(trainer(create(), { device: 'cpu' }), course);
    requireSame(computed(await unbroken()), computed(onCpu), {
      where: 'on the cpu',
      slack: ROUNDING,
      fix: 'Compute with the ops of tfjs-core alone, and do not ask for the device',
    });
  },
};
