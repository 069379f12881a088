import type { StepCode } from '@cantrip/core-tensor-gpu';
import type { NamedVariables, RunningOptimizer } from '@cantrip/optimizers';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { State } from '../contract/contexts.ts';
import type { Run } from '../contract/run.ts';
import type { OwnParts } from '../contract/step-context.ts';
import { callOnce, setUpOf, stateOf, variablesOf } from '../hooks/call-once.ts';
import { transformOptimizer } from '../hooks/transform-optimizer.ts';
import { keepUndo, type Undo } from './undo.ts';

/** The values of all plugins in one run. */
export interface PluginsInRun {
  readonly states: ReadonlyMap<AnyPlugin, State>;
  readonly tensorStates: ReadonlyMap<AnyPlugin, NamedVariables>;
  readonly apis: ReadonlyMap<unknown, unknown>;
  own(plugin: AnyPlugin): OwnParts;
  /** What the optimizers that plugins made run in the step. */
  readonly optimizerCodes: readonly StepCode[];
  /**
   * Sets up all plugins, in list order.
   *
   * @returns the optimizer, as the plugins have changed it
   */
  setUp(run: Run, optimizer: RunningOptimizer): RunningOptimizer;
}

/**
 * Creates the plugins' states at the start of a run.
 *
 * @param undo - receives the undo functions of the plugins
 */
export function createPluginsInRun(plugins: readonly AnyPlugin[], undo: Undo[]): PluginsInRun {
  const states = new Map(plugins.map((plugin) => [plugin, stateOf(plugin)]));
  const tensorStates = new Map<AnyPlugin, NamedVariables>();
  const apis = new Map<unknown, unknown>();
  const locals = new Map<AnyPlugin, unknown>();
  const optimizerCodes: StepCode[] = [];
  const own = (plugin: AnyPlugin): OwnParts => ({
    locals: locals.get(plugin),
    ownVariables: tensorStates.get(plugin) ?? {},
  });

  function setUpOne(plugin: AnyPlugin, run: Run): void {
    const state = states.get(plugin)!;
    const setUp = setUpOf(plugin, run, state);
    keepUndo(undo, plugin, 'setup', setUp.undo);
    locals.set(plugin, setUp.locals);
    const variables = variablesOf(plugin, run);
    tensorStates.set(plugin, variables);
    undo.push({ run: () => disposeOf(variables, run.variables) });
    const api = (): unknown => plugin.api?.(run, state, setUp.locals);
    apis.set(plugin, callOnce(plugin, 'api', api));
  }

  return {
    states,
    tensorStates,
    apis,
    own,
    optimizerCodes,
    setUp: (run, optimizer) =>
      plugins.reduce((inner, plugin) => {
        setUpOne(plugin, run);
        return transformOptimizer(plugin, inner, { run, ...own(plugin) }, optimizerCodes);
      }, optimizer),
  };
}

/**
 * Disposes variables. A plugin may already have disposed its own. Variables of the model stay, if a plugin names them
 * as its state.
 */
function disposeOf(variables: NamedVariables, ofModel: NamedVariables): void {
  const kept = new Set(Object.values(ofModel));
  for (const variable of Object.values(variables))
    if (!variable.isDisposed && !kept.has(variable)) variable.dispose();
}
