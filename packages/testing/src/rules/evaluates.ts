import { describe } from '@cantrip/errors';
import type { AnyPlugin, BatchSource, Trainer } from '@cantrip/trainer';
import { firstDifference, inWords } from '../bench/first-difference.ts';
import { requireSame } from '../bench/bench.ts';
import { notKept } from '../bench/not-kept.ts';
import { outcomeOf, plainOutcome, predictions, trainUntil } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';

const fix =
  'Evaluate with other weights through evaluateWith() alone, which restores the own weights also after an error';

export const evaluationChangesNothing: Rule = {
  name: 'computes the same whether or not it is evaluated in between',
  also: 'captured',
  async check({ create, course, data, trainer, unbroken }) {
    const one = trainer(create());
    await trainUntil(2, one, course);
    const before = await saved(one);
    const figures = await one.evaluate(data);
    requireSame(await saved(one), before, { where: 'before an evaluation', fix });
    const outputs = await predictions(one, data);
    requireSame(await saved(one), before, { where: 'before a prediction', fix });
    requireSame(await one.evaluate(data), figures, { where: 'in the evaluation before', fix });
    requireSame(await predictions(one, data), outputs, { where: 'in the prediction before', fix });
    const end = await outcomeOf(one, course);
    requireSame(end, await unbroken(), { where: 'in the run that was not evaluated', fix });
  },
};

export const evaluationThatFails: Rule = {
  name: 'restores what it evaluates with also after an evaluation that fails',
  also: 'captured',
  async check({ create, course, data, trainer, unbroken }) {
    const one = trainer(create());
    await trainUntil(2, one, course);
    const before = await saved(one);
    const reason = new Error('the data of a test ended');
    const failure = await one.evaluate(ending(data, reason)).then(
      () => 'the evaluation did not fail',
      (error: unknown) => (containsReason(error, reason) ? undefined : error),
    );
    if (failure !== undefined)
      notKept(
        `an evaluation whose data failed ended in ${failure instanceof Error ? failure.message : describe(failure)}`,
        'Let errors of the data pass',
      );
    requireSame(await saved(one), before, { where: 'before an evaluation that failed', fix });
    const end = await outcomeOf(one, course);
    requireSame(end, await unbroken(), { where: 'in the run without an evaluation that failed', fix });
  },
};

/** Checkpoints of other libraries hold averages where they should hold weights, if they are written meanwhile. */
export const savesOwnWeights: Rule = {
  name: 'saves its own weights also during an evaluation',
  async check({ create, course, data, trainer }) {
    const plugin = create();
    let found: string | undefined;
    let before: unknown;
    const saving: AnyPlugin = {
      name: 'saving-during-evaluation',
      async onEvaluateBegin() {
        if (before === undefined) return;
        const difference = firstDifference(await saved(one), before);
        found = difference && inWords(difference, 'before the evaluation');
      },
    };
    const one = trainer(plugin, {}, [plugin, saving]);
    try {
      await trainUntil(2, one, course);
      before = await saved(one);
      await one.evaluate(data);
    } finally {
      one.dispose();
    }
    if (found !== undefined) notKept(found, fix);
  },
};

const saved = async (trainer: Trainer): Promise<unknown> => plainOutcome(await trainer.save());

const containsReason = (error: unknown, reason: Error): boolean =>
  error === reason || (error instanceof Error && String(error.message).includes(reason.message));

/** The same data, which ends in an error after its first batch. */
function ending(data: BatchSource, reason: Error): BatchSource {
  return {
    ...data,
    async *batches(request) {
      for await (const one of data.batches(request)) {
        yield one as never;
        throw reason;
      }
    },
  };
}
