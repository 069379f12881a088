import type { Trainer } from '@cantrip/trainer';
import { requireSame } from '../bench/bench.ts';
import { outcomeNow, outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';

const fix =
  'Keep what belongs to a run in state, variables or locals, and nothing in variables of the factory: they are one for all trainers';

export const oneAfterAnother: Rule = {
  name: 'works as one object in two trainers, one after the other',
  also: 'captured',
  async check({ create, course, trainer, unbroken }) {
    const plugin = create();
    await outcomeOf(trainer(plugin), course);
    const second = await outcomeOf(trainer(plugin), course);
    requireSame(second, await unbroken(), { where: 'in a run of a new object', fix });
  },
};

/** The trainers take turns between steps, and one is an epoch further. */
export const interleaved: Rule = {
  name: 'works as one object in two trainers at the same time',
  also: 'captured',
  async check({ create, course, trainer, unbroken }) {
    const plugin = create();
    const { data, epochs } = course;
    const [first, second] = [trainer(plugin), trainer(plugin)];
    try {
      await openAll(first, second);
      const { run } = await first.open();
      await first.fit(
        stopping(data, () => run.stop('the other begins')),
        { epochs },
      );
      await Promise.all([first, second].map((one) => one.fit(data, { epochs })));
      const expected = await unbroken();
      const where = 'in a run of a new object that is alone';
      requireSame(await outcomeNow(first, data), expected, { where, fix });
      first.dispose();
      requireSame(await outcomeNow(second, data), expected, { where, fix });
    } finally {
      for (const one of [first, second]) one.dispose();
    }
  },
};

const openAll = async (...trainers: readonly Trainer[]): Promise<void> => {
  for (const one of trainers) await one.open();
};

/** The same data, which calls `stop` in its second batch. */
function stopping<Source extends { batches(request: never): unknown }>(
  data: Source,
  stop: () => void,
): Source {
  return {
    ...data,
    async *batches(request: never) {
      let count = 0;
      for await (const one of data.batches(request) as AsyncIterable<unknown>) {
        if (++count === 2) stop();
        yield one;
      }
    },
  };
}
