import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe, isCantripError } from '@cantrip/errors';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Lock } from '../lock/lock.ts';
import { refusePromise } from '../checks/refuse-promise.ts';
import { checkResult } from './check-result.ts';
import { duringHook, outsideHooks, type StepHook } from './current-hook.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { GradientContext, HostContext, State } from '../contract/contexts.ts';
import type { NextGradients, Observers, Schedules, Transforms } from '../contract/hooks.ts';
import type { TuneContext, Tuning } from '../contract/tuning.ts';
import type { StepContext } from '../contract/step-context.ts';
import { duringPlugin } from './calling-plugin.ts';
import { refuseReads } from './refuse-reads.ts';
import { idOf } from '../contract/plugin-id.ts';

/** Calls a `transform…` hook of every plugin in list order. Each hook receives the result of the one before. */
export function callTransforms<Name extends keyof Transforms>(
  plugins: readonly AnyPlugin[],
  hook: Name,
  value: Parameters<Transforms[Name]>[0],
  contextOf: (plugin: AnyPlugin) => Parameters<Transforms[Name]>[1],
): Parameters<Transforms[Name]>[0] {
  for (const plugin of plugins) {
    const handler = plugin[hook] as ((value: unknown, context: StepContext) => unknown) | undefined;
    if (!handler) continue;
    const given = value;
    const result = inStep(plugin, hook, () => handler.call(plugin, given, contextOf(plugin)));
    checkResult(plugin, hook, result, value);
    value = result as typeof value;
  }
  return value;
}

/**
 * Calls `wrapGradients` of every plugin around that of the next plugin in the list, and the last one around `next`.
 * Tensors that a wrap creates on the way are freed when it returns.
 */
export function callWraps(
  plugins: readonly AnyPlugin[],
  next: NextGradients,
  contextOf: (plugin: AnyPlugin) => GradientContext,
): NamedTensors {
  const hook = 'wrapGradients';
  const wrapping = plugins.filter((plugin) => plugin[hook]);
  const all = wrapping.reduceRight<NextGradients>((inner, plugin) => {
    return (options) => {
      let passed: NamedTensors | undefined;
      // The passes inside belong to the trainer or to another plugin.
      const next: NextGradients = (asked) => (passed = outsideHooks(() => inner(asked ?? options)));
      const handler = plugin[hook]!;
      const result = inStep(plugin, hook, () =>
        tf.tidy(() => {
          const result: unknown = handler.call(plugin, next, contextOf(plugin));
          // tidy itself would only warn about a promise.
          refusePromise(idOf(plugin), hook, result);
          return result as tf.NamedTensorMap;
        }),
      );
      if (!passed) throw nextNotCalled(plugin, hook);
      checkResult(plugin, hook, result, passed);
      return result;
    };
  }, next);
  return all();
}

/** Runs a hook of the step. It must not read values, and its errors name the plugin. */
export function inStep(plugin: AnyPlugin, hook: StepHook, call: () => unknown): never {
  return guard(plugin, hook, () =>
    refuseReads(
      () => readRefused(plugin, hook),
      () => duringHook({ plugin, hook }, call),
    ),
  ) as never;
}

/**
 * Asks the plugins before a step what it consists of: the variables that are trained, and a text. Another text means
 * another program.
 */
export function callStructures(
  plugins: readonly AnyPlugin[],
  trainable: NamedVariables,
  contextOf: (plugin: AnyPlugin) => HostContext,
): { readonly variables: NamedVariables; readonly structure: string } {
  const variables = callOnHost(plugins, 'transformVariables', trainable, contextOf);
  const texts = plugins.flatMap((plugin) => {
    if (!plugin.structure) return [];
    const text = guard(plugin, 'structure', () => plugin.structure!(contextOf(plugin)) as unknown);
    checkResult(plugin, 'structure', text, undefined);
    return [[idOf(plugin), text]];
  });
  return { variables, structure: JSON.stringify(texts) };
}

/** Is told what a hook was given and what it answered; a plugin without the hook gives on what it was given. */
export type OnAnswer<T> = (plugin: AnyPlugin, given: T, answer: T) => void;

/** Calls a `schedule…` hook of every plugin in list order. Each hook receives the result of the one before. */
export function callSchedules<Name extends keyof Schedules<State>>(
  plugins: readonly AnyPlugin[],
  hook: Name,
  value: Parameters<Schedules<State>[Name]>[0],
  contextOf: (plugin: AnyPlugin) => HostContext,
  onAnswer: OnAnswer<Parameters<Schedules<State>[Name]>[0]>,
): Parameters<Schedules<State>[Name]>[0] {
  return callOnHost(plugins, hook, value, contextOf, onAnswer);
}

/** Calls a hook of every plugin on the host, in list order. Each hook receives the result of the one before. */
function callOnHost<T>(
  plugins: readonly AnyPlugin[],
  hook: keyof Schedules<State> | 'transformVariables',
  value: T,
  contextOf: (plugin: AnyPlugin) => HostContext,
  onAnswer: OnAnswer<T> = () => undefined,
): T {
  for (const plugin of plugins) {
    const handler = plugin[hook] as ((value: unknown, context: HostContext) => unknown) | undefined;
    const given = value;
    if (!handler) {
      onAnswer(plugin, given, given);
      continue;
    }
    const result = guard(plugin, hook, () => handler.call(plugin, given, contextOf(plugin)));
    checkResult(plugin, hook, result, given);
    value = result as T;
    onAnswer(plugin, given, value);
  }
  return value;
}

/** The part of a run that calls of observers need. */
interface Observed {
  readonly lock: Lock;
  readonly options: { readonly plugins: readonly AnyPlugin[]; log(message: string): void };
}

/** Calls an `on…` hook of every plugin in list order, and waits for each. */
export async function callObservers<Name extends keyof Observers<State>>(
  { lock, options }: Observed,
  hook: Name,
  contextOf: (plugin: AnyPlugin) => Parameters<Observers<State>[Name]>[0],
): Promise<void> {
  for (const plugin of options.plugins) {
    const handler = plugin[hook] as ((context: unknown) => unknown) | undefined;
    if (!handler) continue;
    try {
      await lock.lending({ plugin, hook, during: 'fit' }, () => handler.call(plugin, contextOf(plugin)));
    } catch (cause) {
      throw hookFailed(plugin, hook, cause);
    }
  }
}

/**
 * Calls `onError` of every plugin. If one throws, this is logged. The first error stays, and the other hooks are
 * still called.
 */
export async function callOnError(
  { lock, options }: Observed,
  error: unknown,
  contextOf: (plugin: AnyPlugin) => HostContext,
): Promise<void> {
  for (const plugin of options.plugins) {
    const one = { lock, options: { ...options, plugins: [plugin] } };
    try {
      await callObservers(one, 'onError', () => ({ ...contextOf(plugin), error }));
    } catch (second) {
      options.log(`${(second as CantripError).message} This happened after the error that ended the run.`);
    }
  }
}

/** Calls a plugin's `tune` and waits for it. Its errors name the plugin. */
export async function awaitHook(plugin: AnyPlugin, hook: 'tune', context: TuneContext): Promise<Tuning> {
  try {
    return (await plugin[hook]?.(context)) ?? {};
  } catch (cause) {
    throw hookFailed(plugin, hook, cause);
  }
}

/** Runs a function of a plugin. Its errors name the plugin. */
export function guard<T>(plugin: AnyPlugin, hook: string, fn: () => T): T {
  try {
    return duringPlugin(plugin, fn);
  } catch (cause) {
    throw hookFailed(plugin, hook, cause);
  }
}

function hookFailed(plugin: AnyPlugin, hook: string, cause: unknown): CantripError {
  // The recorder knows the op, but not the plugin that runs it.
  if (isCantripError(cause) && cause.who === 'capture') {
    const { code, what, fix } = cause;
    return new CantripError(code, { who: idOf(plugin), what: `in ${hook}, ${what}`, fix, cause });
  }
  // Other Cantrip errors already say who failed and what to do.
  if (isCantripError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : describe(cause);
  return new CantripError('HOOK_FAILED', {
    who: idOf(plugin),
    what: `${hook} threw: ${message.replace(/\.$/, '')}`,
    fix: 'Read the error in the property cause',
    cause,
  });
}

function nextNotCalled(plugin: AnyPlugin, hook: string): CantripError {
  return new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must call next, which computes the gradients, but did not`,
    fix: 'Call next() at least once, and return its result, changed or not',
  });
}

function readRefused(plugin: AnyPlugin, hook: string): CantripError {
  return new CantripError('HOOK_READ_VALUE', {
    who: idOf(plugin),
    what: `${hook} must not read the value of a tensor, because the step is recorded once and replayed`,
    fix: 'Compute with tensors, or read the value in an on… hook',
  });
}
