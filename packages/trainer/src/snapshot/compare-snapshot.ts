import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '@cantrip/optimizers';
import type { LiveRun } from '../run/live-run.ts';
import { figureNames } from '../objective/figures.ts';
import { mismatch } from './mismatch.ts';
import { describeOptimizer } from './save-snapshot.ts';
import type { SavedOptimizer, SavedTensors, Snapshot } from './snapshot.ts';

/**
 * Compares a whole snapshot with the run that it is to be restored into.
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
  for (const plugin of live.options.plugins)
    compareVariables(plugin.name, live.tensorStates.get(plugin)!, snapshot.plugins[plugin.name]!.variables);
  compareFigures(live, snapshot);
}

/** Compares names, dtypes and shapes. */
export function compareVariables(whose: string, variables: NamedTensors, saved: SavedTensors): void {
  const fix = 'Build the model it was saved from';
  const missing = Object.keys(variables).find((name) => !Object.hasOwn(saved, name));
  const extra = Object.keys(saved).find((name) => !Object.hasOwn(variables, name));
  if (missing !== undefined) throw mismatch(`lacks ${missing} of ${whose}`, fix);
  if (extra !== undefined) throw mismatch(`has ${extra}, which ${whose} lacks`, fix);
  for (const [name, { shape, dtype }] of Object.entries(saved)) {
    const variable = variables[name]!;
    if (variable.dtype === dtype && tf.util.arraysEqual(variable.shape, [...shape])) continue;
    throw mismatch(
      `has ${name} as ${dtype} [${shape.join(', ')}], but ${whose} wants ${variable.dtype} [${variable.shape.join(', ')}]`,
      fix,
    );
  }
}

function compareSeed({ run }: LiveRun, { seed }: Snapshot): void {
  if (seed === run.seed) return;
  throw mismatch(
    `was saved with seed ${seed}, but this run has seed ${run.seed}`,
    "Give this run the same seed, or restore with only: 'weights'",
  );
}

function comparePlugins({ options }: LiveRun, { plugins }: Snapshot): void {
  const fix = "Restore with the plugins it was saved with, or with only: 'weights'";
  const names = options.plugins.map(({ name }) => name);
  const missing = names.find((name) => !Object.hasOwn(plugins, name));
  if (missing !== undefined) throw mismatch(`has no state of the plugin ${missing}`, fix);
  const extra = Object.keys(plugins).find((name) => !names.includes(name));
  if (extra !== undefined) throw mismatch(`has a state of the plugin ${extra}, which this run lacks`, fix);
}

/** Slots of the same names may mean something else in another optimizer. */
function compareOptimizer(now: SavedOptimizer, { optimizer: saved }: Snapshot): void {
  const fix = "Give this run the same optimizer, or restore with only: 'weights'";
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
    `was saved with an optimizer ${saved.name} that keeps ${before || 'nothing'} of a parameter, but this one keeps ${after || 'nothing'}`,
    fix,
  );
}

function compareSlots({ optimizer, slots, position }: Snapshot): void {
  const fix = 'Restore what save() gave, unchanged';
  const missing = optimizer.slots.find((name) => !Object.hasOwn(slots, name));
  if (missing !== undefined) throw mismatch(`lacks the slot ${missing}`, fix);
  const extra = Object.keys(slots).find((name) => !optimizer.slots.includes(name));
  if (extra !== undefined) throw mismatch(`has the slot ${extra}, which it does not name`, fix);
  if (position.step === 0 || !optimizer.keeps?.length || optimizer.slots.length > 0) return;
  throw mismatch(`stands after ${position.step} steps, but has no slots of ${optimizer.name}`, fix);
}

/** Between epochs nothing is added up yet, so that metrics may change there. */
function compareFigures({ options }: LiveRun, { position, totals }: Snapshot): void {
  if (position.batch === 0) return;
  const names = figureNames(options.objective);
  const saved = Object.keys(totals.sums);
  const other = names.find((name) => !saved.includes(name)) ?? saved.find((name) => !names.includes(name));
  if (other === undefined) return;
  throw mismatch(
    `stands after ${position.batch} batches of an epoch in which ${inWords(saved)} were added up, but this run has ${inWords(names)}`,
    'Give this run the same loss and metrics, or restore a snapshot from the end of an epoch',
  );
}

/** `loss/` and `loss+` are parts of the loss. */
const inWords = (figures: readonly string[]): string =>
  [...new Set(figures.map((name) => (name === 'loss+' ? 'loss' : name.replace(/^loss\/$/, 'loss'))))].join(
    ', ',
  );
