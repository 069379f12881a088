import { CantripError } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { Batch, Tensors } from '../contract/batch.ts';
import { entriesOf, SINGLE } from '../contract/tensor-trees.ts';

/** Hooks whose results have names. */
type NamingHook = 'transformBatch' | 'transformOutputs' | 'transformTargets' | 'scheduleScalars';

/**
 * Refuses names that a hook has added or left out: nobody would read the one, and the other would be missed elsewhere.
 *
 * @throws CantripError HOOK_RESULT
 */
export function checkNames(plugin: AnyPlugin, hook: string, result: unknown, given: unknown): void {
  if (result === given) return;
  if (hook === 'transformOutputs') requireNames(plugin, hook, 'outputs', result as Tensors, given as Tensors);
  if (hook === 'transformTargets') requireNames(plugin, hook, 'targets', result as Tensors, given as Tensors);
  if (hook === 'scheduleScalars') refuseOwnScalars(plugin, result as object);
  if (hook === 'transformBatch') checkBatch(plugin, result as Batch, given as Batch);
}

const batchKeys = ['inputs', 'targets', 'weights'];

function checkBatch(plugin: AnyPlugin, result: Batch, given: Batch): void {
  const others = Object.keys(result).filter((key) => !batchKeys.includes(key));
  if (others.length > 0) {
    throw wrong(
      plugin,
      'transformBatch',
      `a batch of ${batchKeys.join(', ')}, got also ${others.join(', ')}`,
      'Leave out what no step reads',
    );
  }
  if (given.weights && !result.weights) {
    throw wrong(
      plugin,
      'transformBatch',
      'the weights that the batch has, got a batch without them',
      'Return { ...batch, inputs }, so that what is not changed stays',
    );
  }
  requireNames(plugin, 'transformBatch', 'inputs', result.inputs, given.inputs);
  requireNames(plugin, 'transformBatch', 'targets', result.targets, given.targets);
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
    `${words(wanted)} as ${what}, as it was given, got ${words(names)}`,
    'Return every name that was given, and no other',
  );
}

/** The trainer's own: a plugin's would take their place. */
const ownScalars = ['learningRate', 'step'];

function refuseOwnScalars(plugin: AnyPlugin, scalars: object): void {
  const taken = ownScalars.filter((name) => name in scalars);
  if (taken.length === 0) return;
  throw wrong(
    plugin,
    'scheduleScalars',
    `scalars of its own, got ${taken.join(' and ')}, which the trainer gives`,
    taken.includes('learningRate') ? 'Use scheduleLearningRate, or another name' : 'Use another name',
  );
}

const namesOf = (tensors: Tensors): string[] => entriesOf(tensors).map(([name]) => name);

function words(names: readonly string[]): string {
  if (names[0] === SINGLE) return 'one tensor';
  return names.length === 0 ? 'no tensor' : names.join(', ');
}

function wrong(plugin: AnyPlugin, hook: NamingHook, what: string, fix: string): CantripError {
  return new CantripError('HOOK_RESULT', { who: plugin.name, what: `${hook} must return ${what}`, fix });
}
