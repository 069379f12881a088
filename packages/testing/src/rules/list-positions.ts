import type { AnyPlugin, PluginList } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { notKept } from '../bench/not-kept.ts';
import { computed, requireSame } from '../bench/bench.ts';
import { type Outcome, outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';

/** Plugins that have every hook and change nothing: they multiply the loss by a scalar 1 of their own. */
const neutral = (name: string): AnyPlugin => ({
  name,
  onTrainBegin: () => undefined,
  onEpochBegin: () => undefined,
  onStepBegin: () => undefined,
  scheduleLearningRate: (rate) => rate,
  scheduleScalars: (scalars) => ({ ...scalars, [`one of ${name}`]: 1 }),
  scheduleBatchScalars: (scalars) => scalars,
  transformVariables: (variables) => variables,
  structure: () => 'always the same',
  transformBatch: (batch) => batch,
  wrapGradients: (next) => next(),
  transformOutputs: (outputs) => outputs,
  transformTargets: (targets) => targets,
  // A plugin between that drops the scalar is noticed here.
  transformLoss: (loss, { scalar }) => tf.mul(loss, scalar(`one of ${name}`)),
  transformGradients: (gradients) => gradients,
  transformOptimizer: (optimizer) => ({ ...optimizer, apply: (update) => optimizer.apply(update) }),
  onStepEnd: () => undefined,
  onEvaluateBegin: () => undefined,
  onEvaluateBatch: () => undefined,
  onEvaluateEnd: () => undefined,
  onValidated: () => undefined,
  onEpochEnd: () => undefined,
});

const places: readonly (readonly [string, (plugin: AnyPlugin) => PluginList])[] = [
  ['first', (plugin) => [plugin, neutral('second'), neutral('third')]],
  ['last', (plugin) => [neutral('first'), neutral('second'), plugin]],
  ['in a list within the list', (plugin) => [neutral('first'), [[plugin], neutral('second')]]],
];

const fix = 'Use only what the hooks receive, and pass on what you do not change';

export const anyPlaceInList: Rule = {
  name: 'works first and last in the list of plugins, and in a list within it',
  async check({ create, course, trainer, unbroken }) {
    const alone = await unbroken();
    for (const [place, listOf] of places) {
      const plugin = create();
      const where = `where it is the only plugin; here it stands ${place}, beside plugins that change nothing`;
      const actual = await outcomeOf(trainer(plugin, {}, listOf(plugin)), course).catch((error: Error) =>
        notKept(`it stands ${place}, beside plugins that change nothing: ${error.message}`, fix),
      );
      requireSame(ownPart(actual, plugin), ownPart(alone, plugin), { where, fix });
    }
  },
};

/**
 * What a run computed and the plugin kept. Where no `transformLoss` stands, the trainer knows that it adds nothing to the loss; a
 * neutral one adds 0. So the figure of what was added is left out.
 */
function ownPart(outcome: Outcome, { name }: AnyPlugin): object {
  const { sums, weights } = outcome.totals as Record<'sums' | 'weights', Readonly<Record<string, number>>>;
  const totals = { sums: withoutAdded(sums), weights: withoutAdded(weights) };
  return { ...computed(outcome), totals, own: outcome.plugins[name] };
}

const withoutAdded = ({ 'loss+': _, ...rest }: Readonly<Record<string, number>>): object => rest;
