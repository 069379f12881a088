import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { LiveRun } from '../run/live-run.ts';
import type { State } from '../contract/contexts.ts';
import { copyState } from './copy-state.ts';
import { mismatch } from './mismatch.ts';
import { compareSnapshot, compareVariables } from './compare-snapshot.ts';
import { halfDone } from '../step/half-done.ts';
import { type StatesBefore, statesBefore } from '../step/states-before.ts';
import { loadTensors } from './saved-tensors.ts';
import type { SavedTensors, Snapshot } from './snapshot.ts';

/**
 * Puts a run where the snapshot was taken: the whole of it, or nothing.
 *
 * @throws CantripError STATE_MISMATCH, and nothing has changed
 */
export function restoreSnapshot(live: LiveRun, snapshot: Snapshot): void {
  compareSnapshot(live, snapshot);
  const { plugins } = live.options;
  const states = plugins.map((plugin) => [live.states.get(plugin)!, copyOf(plugin.name, snapshot)] as const);
  tf.tidy(() => {
    const slots = loadTensors(snapshot.slots);
    const all = [
      ...pairs(live.model.variables, snapshot.variables),
      ...plugins.flatMap((plugin) =>
        pairs(live.tensorStates.get(plugin)!, snapshot.plugins[plugin.name]!.variables),
      ),
      live.totals.restoring(snapshot.position.batch === 0 ? nothing : snapshot.totals),
    ];
    const layerStates = loadTensors(snapshot.layerStates ?? {});
    // Last, for each of the two changes all or nothing by itself.
    assignAll(all, () => {
      const before = statesBefore(live.model);
      try {
        live.model.setStates(layerStates);
        restoreSlots(live, slots, before);
      } finally {
        before.drop();
      }
    });
  });
  for (const [state, saved] of states) replaceState(state, saved);
  Object.assign(live.position, snapshot.position);
  live.data = snapshot.data;
  live.halfDone = undefined;
  sayWhatIsNotFinite(live, snapshot.variables);
}

function restoreSlots({ model, optimizer }: LiveRun, slots: NamedTensors, before: StatesBefore): void {
  try {
    optimizer.restore(slots, model.variables);
  } catch (error) {
    before.takeBack();
    throw error;
  }
}

/**
 * Gives a run the weights of a snapshot and nothing else of it.
 *
 * @throws CantripError STATE_MISMATCH, STEP_HALF_DONE, and nothing has changed
 */
export function restoreWeights(live: LiveRun, { variables }: Pick<Snapshot, 'variables'>): void {
  if (live.halfDone) throw halfDone("restore with only: 'weights'", live.halfDone);
  compareVariables('model', live.model.variables, variables);
  tf.tidy(() => assignAll(pairs(live.model.variables, variables)));
  sayWhatIsNotFinite(live, variables);
}

/** Between epochs nothing is added up. */
const nothing: Snapshot['totals'] = { sums: {}, weights: {} };

type Pair = readonly [variable: tf.Variable, value: tf.Tensor];

function pairs(variables: NamedVariables, saved: SavedTensors): Pair[] {
  const loaded: NamedTensors = loadTensors(saved);
  return Object.entries(variables).map(([name, variable]) => [variable, loaded[name]!]);
}

/** All values are there before the first is assigned; where something fails, those before it get theirs back. */
function assignAll(all: readonly Pair[], last: () => void = () => undefined): void {
  const before = all.map(([variable]) => tf.clone(variable));
  let assigned = 0;
  try {
    for (const [variable, value] of all) {
      variable.assign(value);
      assigned += 1;
    }
    last();
  } catch (error) {
    for (const [index, [variable]] of all.slice(0, assigned).entries()) variable.assign(before[index]!);
    throw error;
  }
}

function copyOf(name: string, { plugins }: Snapshot): State {
  return copyState(plugins[name]!.state, (why) =>
    mismatch(
      `has a state of the plugin ${name} that is no plain data: ${why}`,
      'Restore what save() gave, unchanged',
    ),
  );
}

/** The state object stays the same, for plugins hold it. */
function replaceState(state: State, saved: State): void {
  for (const key of Object.keys(state)) delete state[key];
  Object.assign(state, saved);
}

/** A run that broke may be looked at, so this is no error. */
function sayWhatIsNotFinite({ options }: LiveRun, variables: SavedTensors): void {
  const names = Object.entries(variables)
    .filter(([, { dtype, values }]) => dtype === 'float32' && !values.every(Number.isFinite))
    .map(([name]) => name);
  if (names.length === 0) return;
  options.log(`[trainer] the restored weights are not all finite: ${names.join(', ')}.`);
}
