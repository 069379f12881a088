import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe } from '@cantrip/errors';
import type { NamedVariables } from '@cantrip/optimizers';
import { guard } from './call-hooks.ts';
import type { AnyPlugin, SetUp } from '../contract/plugin.ts';
import type { State } from '../contract/contexts.ts';
import { refusePromise } from '../checks/refuse-promise.ts';
import type { Run } from '../contract/run.ts';
import { idOf } from '../contract/plugin-id.ts';

/** Runs a function of a plugin that is not a hook of the step. Its errors name the plugin. */
export function callOnce<T>(plugin: AnyPlugin, hook: string, fn: () => T): T {
  const result = guard(plugin, hook, fn);
  refusePromise(idOf(plugin), hook, result);
  return result;
}

/**
 * Returns a plugin's state at step 0.
 *
 * @throws CantripError HOOK_ASYNC, HOOK_FAILED, HOOK_RESULT
 */
export function stateOf(plugin: AnyPlugin): State {
  const state = callOnce(plugin, 'state', () => plugin.state?.() as unknown) ?? {};
  if (Object.prototype.toString.call(state) === '[object Object]') return state as State;
  throw wrongResult(plugin, 'state', 'a plain object', state);
}

/**
 * Calls a plugin's `setup` and returns its undo function and its values of this run.
 *
 * @throws CantripError HOOK_ASYNC, HOOK_FAILED, HOOK_RESULT
 */
export function setUpOf(plugin: AnyPlugin, run: Run, state: State): Partial<SetUp<unknown>> {
  const result = callOnce(plugin, 'setup', () => plugin.setup?.(run, state) as unknown) ?? {};
  if (typeof result === 'function') return { undo: result as () => void };
  const { undo, locals, ...others } = result as Partial<SetUp<unknown>>;
  const isPlain = Object.prototype.toString.call(result) === '[object Object]';
  if (isPlain && Object.keys(others).length === 0 && (undo === undefined || typeof undo === 'function'))
    return { locals, ...(undo && { undo: () => undo.call(result) }) };
  throw wrongResult(plugin, 'setup', 'nothing, an undo function, or { locals, undo }', result);
}

/**
 * Returns a plugin's variables.
 *
 * @throws CantripError HOOK_ASYNC, HOOK_FAILED, HOOK_RESULT
 */
export function variablesOf(plugin: AnyPlugin, run: Run): NamedVariables {
  const variables: unknown = callOnce(plugin, 'variables', () => variablesIn(plugin, run)) ?? {};
  const entries =
    typeof variables === 'object' && variables !== null ? Object.values(variables) : [variables];
  if (entries.every((entry) => entry instanceof tf.Variable && !entry.isDisposed))
    return variables as NamedVariables;
  throw wrongResult(plugin, 'variables', 'variables by name that are not disposed', variables);
}

/** A variable copies its first value, whose tensor is freed here. A scope frees no variable. */
function variablesIn(plugin: AnyPlugin, run: Run): unknown {
  let variables: unknown;
  tf.tidy(() => void (variables = plugin.variables?.(run)));
  return variables;
}

function wrongResult(plugin: AnyPlugin, hook: string, wanted: string, result: unknown): CantripError {
  return new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must return ${wanted}, got ${describe(result)}`,
    fix: `Return ${wanted}`,
  });
}
