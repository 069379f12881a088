import type { LiveRun } from '../run/live-run.ts';
import { CantripError } from '@cantrip/errors';
import type { NamedTensors } from '@cantrip/optimizers';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { SaveContext } from '../contract/contexts.ts';
import { callObservers } from '../hooks/call-hooks.ts';
import { copyState } from './copy-state.ts';
import { saveTensors } from './saved-tensors.ts';
import type { SavedOptimizer, Snapshot } from '../contract/snapshot.ts';
import { idOf, savedPlugins } from '../contract/plugin-id.ts';

/** Calls `onSave`, and takes a snapshot of one moment: all reads begin before the first of them is awaited. */
export async function saveSnapshot(live: LiveRun): Promise<Snapshot> {
  if (live.options.plugins.some(({ onSave }) => onSave)) await tellOfSave(live);
  const plugins = savedPlugins(live.options.plugins).map(async (plugin) => {
    const state = copyState(live.states.get(plugin)!, (why) => stateRefused(plugin, why));
    return [idOf(plugin), { state, variables: await saveTensors(live.tensorStates.get(plugin)!) }] as const;
  });
  const { data, validationDue } = live;
  const history = live.history.map((logs) => ({ ...logs }));
  const position = { ...live.position };
  const optimizer = describeOptimizer(live);
  const [totals, variables, layerStates, slots, states] = await Promise.all([
    live.totals.save(),
    saveTensors(ownValues(live)),
    saveTensors(live.model.states()),
    saveTensors(live.optimizer.slots()),
    Promise.all(plugins),
  ]);
  return {
    version: 1,
    seed: live.run.seed,
    position,
    totals,
    variables,
    ...(Object.keys(layerStates).length > 0 && { layerStates }),
    optimizer,
    slots,
    ...(data && { data }),
    plugins: Object.fromEntries(states),
    ...(validationDue && { validationDue }),
    history,
  };
}

function tellOfSave(live: LiveRun): Promise<void> {
  const { epoch, step } = live.position;
  const contextOf = (plugin: AnyPlugin): SaveContext => ({
    run: live.run,
    state: live.states.get(plugin)!,
    ...live.own(plugin),
    epoch,
    step,
  });
  // The lock is held, so what a hook asks for is done at once.
  return live.lock.lending({ during: 'save' }, () => callObservers(live, 'onSave', contextOf));
}

/** Also while it is evaluated with other weights. */
function ownValues({ model, lent }: LiveRun): NamedTensors {
  const values = Object.entries(model.variables).map(([name, one]) => [name, lent.get(one) ?? one] as const);
  return Object.fromEntries(values);
}

/** Describes the optimizer of a run for a snapshot. */
export function describeOptimizer({ recipe, optimizer }: LiveRun): SavedOptimizer {
  return {
    name: recipe.name,
    batchesPerStep: recipe.batchesPerStep ?? 1,
    ...(recipe.keeps && { keeps: [...recipe.keeps] }),
    slots: Object.keys(optimizer.slots()),
  };
}

function stateRefused(plugin: AnyPlugin, why: string): CantripError {
  return new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `has a state that cannot be saved: ${why}`,
    fix: 'Store only plain data in the state: numbers, strings, arrays and objects of these',
  });
}
