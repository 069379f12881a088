import { CantripError } from '@cantrip/errors';
import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { Batch, Tensors } from '../contract/batch.ts';
import { SINGLE } from '../contract/tensor-trees.ts';
import { idOf } from '../contract/plugin-id.ts';

/** Hooks whose results hold values by name. */
type NamingHook = 'transformBatch' | 'transformOutputs' | 'transformTargets' | ScalarHook;

type ScalarHook = 'scheduleScalars' | 'scheduleBatchScalars';

/**
 * Refuses results in which a hook added or removed names. Nothing would read an added name, and a removed name would
 * be missing later.
 *
 * @throws CantripError HOOK_RESULT
 */
export function checkNames(plugin: AnyPlugin, hook: string, result: unknown, given: unknown): void {
  if (result === given) return;
  if (hook === 'transformOutputs') requireNames(plugin, hook, 'outputs', result as Tensors, given as Tensors);
  if (hook === 'transformTargets') requireNames(plugin, hook, 'targets', result as Tensors, given as Tensors);
  if (hook === 'scheduleScalars' || hook === 'scheduleBatchScalars')
    refuseOwnScalars(plugin, hook, result as object);
  if (hook === 'transformBatch') checkBatch(plugin, result as Batch, given as Batch);
}

const batchKeys = ['inputs', 'targets', 'weights', 'mixture'];

function checkBatch(plugin: AnyPlugin, result: Batch, given: Batch): void {
  const others = Object.keys(result).filter((key) => !batchKeys.includes(key));
  if (others.length > 0) {
    throw wrong(
      plugin,
      'transformBatch',
      `a batch of ${batchKeys.join(', ')}, got also the unknown ${others.join(', ')}`,
      'Remove the unknown fields',
    );
  }
  for (const field of ['weights', 'mixture'] as const) {
    if (!given[field] || result[field]) continue;
    throw wrong(
      plugin,
      'transformBatch',
      `the ${field} of the batch, got a batch without ${field}`,
      'Return { ...batch, inputs }, which keeps the other fields',
    );
  }
  requireNames(plugin, 'transformBatch', 'inputs', result.inputs, given.inputs);
  requireNames(plugin, 'transformBatch', 'targets', result.targets, given.targets);
  if (result.mixture === given.mixture || !result.mixture) return;
  if (given.mixture)
    throw wrong(
      plugin,
      'transformBatch',
      'a batch with the mixture of the plugin that mixed it before, got another mixture',
      'Use only one plugin that mixes targets',
    );
  requireNames(plugin, 'transformBatch', 'mixture.targets', result.mixture.targets, result.targets);
}

function requireNames(
  plugin: AnyPlugin,
  hook: NamingHook,
  what: string,
  result: Tensors,
  given: Tensors,
): void {
  const [names, wanted] = [namesOf(result), namesOf(given)];
  if (names.length === wanted.length && wanted.every((name) => names.includes(name))) return;
  throw wrong(
    plugin,
    hook,
    `the same names that it received as ${what}, ${words(wanted)}, got ${words(names)}`,
    'Return exactly the names that the hook received',
  );
}

/** Scalars of the trainer. A plugin's scalar of the same name would replace them. */
const ownScalars = ['learningRate', 'step'];

function refuseOwnScalars(plugin: AnyPlugin, hook: ScalarHook, scalars: object): void {
  const taken = ownScalars.filter((name) => Object.hasOwn(scalars, name));
  if (taken.length === 0) return;
  throw wrong(
    plugin,
    hook,
    `scalars with names of its own, got ${taken.join(' and ')}, which the trainer sets`,
    taken.includes('learningRate') ? 'Use scheduleLearningRate, or another name' : 'Use another name',
  );
}

const namesOf = (tensors: Tensors): string[] => entriesOfTensors<object>(tensors).map(([name]) => name);

function words(names: readonly string[]): string {
  if (names[0] === SINGLE) return 'one tensor';
  return names.length === 0 ? 'no tensor' : names.join(', ');
}

function wrong(plugin: AnyPlugin, hook: NamingHook, what: string, fix: string): CantripError {
  return new CantripError('HOOK_RESULT', { who: idOf(plugin), what: `${hook} must return ${what}`, fix });
}
