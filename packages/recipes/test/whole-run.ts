import { seed } from '@cantrip/seed';
import { tinyData, tinyResidualModel, tinyTrainer, type WayOptions, weightsOf } from '@cantrip/testing';
import { accuracy, type AnyPlugin, type Logs, type PluginList, type Trainer } from '@cantrip/trainer';

/** The warm-up of five epochs ends within a run. */
export const epochs = 7;
const training = { epochs, validation: tinyData({ examples: 9 }) };

const stopping = (after = Infinity): AnyPlugin => ({
  name: 'stopping',
  onStepEnd: ({ run, step }) => {
    if (step === after) run.stop('the snapshot is taken here');
  },
});

/** What a run has trained. */
export interface Run {
  readonly figures: readonly Logs[];
  readonly weights: Readonly<Record<string, unknown>>;
}

/** A run of a recipe without a break, and one that is stopped in the middle of an epoch and resumed by another trainer. */
export async function wholeRun(
  create: () => PluginList,
  options: WayOptions,
  { seeds = true }: { readonly seeds?: boolean } = {},
): Promise<{ readonly unbroken: Run; readonly resumed: Run }> {
  const trainerOf = (stopAfter?: number): Trainer =>
    tinyTrainer([seeds && seed({ value: 5 }), create(), stopping(stopAfter)], {
      ...options,
      model: tinyResidualModel,
      metrics: [accuracy()],
    });
  const whole = trainerOf();
  const { epochs: figures } = await whole.fit(tinyData(), training);
  const first = trainerOf(10);
  await first.fit(tinyData(), training);
  const second = trainerOf();
  await second.restore(await first.save());
  const { earlier, epochs: later } = await second.fit(tinyData(), training);
  const unbroken = { figures, weights: await weightsOf(whole) };
  const resumed = { figures: [...earlier, ...later], weights: await weightsOf(second) };
  for (const one of [whole, first, second]) one.dispose();
  return { unbroken, resumed };
}
