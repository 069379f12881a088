import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '@cantrip/optimizers';
import type { LiveRun } from '../run/live-run.ts';
import { figureNames } from '../objective/figures.ts';
import { metricName, talliesOf } from '../objective/objective.ts';
import { mismatch } from './mismatch.ts';
import { describeOptimizer } from './save-snapshot.ts';
import type { SavedOptimizer, SavedTensors, Snapshot } from '../contract/snapshot.ts';
import { idOf, savedPlugins } from '../contract/plugin-id.ts';

/**
 * Checks that a whole snapshot matches the run that it is restored into.
 *
 * @throws CantripError STATE_MISMATCH
 */
export function compareSnapshot(live: LiveRun, snapshot: Snapshot): void {
  compareSeed(live, snapshot);
  comparePlugins(live, snapshot);
  compareOptimizer(describeOptimizer(live), snapshot);
  compareSlots(snapshot);
  compareVariables('model', live.model.variables, snapshot.variables);
  compareVariables('the stateful layers', live.model.states(), snapshot.layerStates ?? {});
  for (const plugin of savedPlugins(live.options.plugins))
    compareVariables(idOf(plugin), live.tensorStates.get(plugin)!, snapshot.plugins[idOf(plugin)]!.variables);
  compareFigures(live, snapshot);
}

/** Compares names, dtypes and shapes. */
export function compareVariables(whose: string, variables: NamedTensors, saved: SavedTensors): void {
  const fix = 'Build the same model as when it was saved';
  const missing = Object.keys(variables).find((name) => !Object.hasOwn(saved, name));
  const extra = Object.keys(saved).find((name) => !Object.hasOwn(variables, name));
  if (missing !== undefined) throw mismatch(`has no ${missing} of ${whose}`, fix);
  if (extra !== undefined) throw mismatch(`has ${extra}, which ${whose} does not have`, fix);
  for (const [name, { shape, dtype }] of Object.entries(saved)) {
    const variable = variables[name]!;
    if (variable.dtype === dtype && tf.util.arraysEqual(variable.shape, [...shape])) continue;
    throw mismatch(
      `has ${name} as ${dtype} [${shape.join(', ')}], but ${whose} needs ${variable.dtype} [${variable.shape.join(', ')}]`,
      fix,
    );
  }
}

function compareSeed({ run }: LiveRun, { seed }: Snapshot): void {
  if (seed === run.seed) return;
  throw mismatch(
    `was saved with seed ${seed}, but this run has seed ${run.seed}`,
    "Restore or resume before the trainer is opened by any other call, set the same seed, or take only: 'weights'",
  );
}

function comparePlugins({ options }: LiveRun, { plugins }: Snapshot): void {
  const fix = "Use the same plugins as when it was saved, or restore with only: 'weights'";
  const names = savedPlugins(options.plugins).map(idOf);
  const missing = names.find((name) => !Object.hasOwn(plugins, name));
  if (missing !== undefined) throw mismatch(`has no state of the plugin ${missing}`, fix);
  const extra = Object.keys(plugins).find((name) => !names.includes(name));
  if (extra !== undefined)
    throw mismatch(`has a state of the plugin ${extra}, which this run does not have`, fix);
}

/** Compares the optimizers. Slots of the same name may mean something else in another optimizer. */
function compareOptimizer(now: SavedOptimizer, { optimizer: saved }: Snapshot): void {
  const fix = "Use the same optimizer, or restore with only: 'weights'";
  if (saved.name !== now.name)
    throw mismatch(`was saved with the optimizer ${saved.name}, but this run has ${now.name}`, fix);
  if (saved.batchesPerStep !== now.batchesPerStep) {
    throw mismatch(
      `was saved with ${saved.batchesPerStep} batches in a step, but this run has ${now.batchesPerStep}`,
      fix,
    );
  }
  const [before, after] = [saved.keeps, now.keeps].map((keeps) => [...(keeps ?? [])].sort().join(', '));
  if (before === after) return;
  throw mismatch(
    `was saved with an optimizer ${saved.name} that keeps ${before || 'nothing'} for each parameter, but this one keeps ${after || 'nothing'}`,
    fix,
  );
}

function compareSlots({ optimizer, slots, position }: Snapshot): void {
  const fix = 'Pass the unchanged result of save()';
  const missing = optimizer.slots.find((name) => !Object.hasOwn(slots, name));
  if (missing !== undefined) throw mismatch(`has no values for its slot ${missing}`, fix);
  const extra = Object.keys(slots).find((name) => !optimizer.slots.includes(name));
  if (extra !== undefined)
    throw mismatch(`has values of the slot ${extra}, which is not in its list of slots`, fix);
  if (position.step === 0 || !optimizer.keeps?.length || optimizer.slots.length > 0) return;
  throw mismatch(`was taken after ${position.step} steps, but has no slots of ${optimizer.name}`, fix);
}

/** Compares the figures. Between epochs nothing is summed, so metrics may change there. */
function compareFigures({ options }: LiveRun, { position, totals }: Snapshot): void {
  if (position.batch === 0) return;
  const tallies = talliesOf(options.objective).map(([output, metric]) => metricName(output, metric));
  const names = [...figureNames(options.objective), ...tallies];
  const saved = [...Object.keys(totals.sums), ...Object.keys(totals.tallies ?? {})];
  const other = names.find((name) => !saved.includes(name)) ?? saved.find((name) => !names.includes(name));
  if (other === undefined) return;
  throw mismatch(
    `was taken after ${position.batch} batches of an epoch with the figures ${inWords(saved)}, but this run has ${inWords(names)}`,
    'Use the same loss and metrics, or restore a snapshot from the end of an epoch',
  );
}

/** `loss/` and `loss+` are internal parts of the loss. */
const inWords = (figures: readonly string[]): string =>
  [...new Set(figures.map((name) => (name === 'loss+' ? 'loss' : name.replace(/^loss\/$/, 'loss'))))].join(
    ', ',
  );
