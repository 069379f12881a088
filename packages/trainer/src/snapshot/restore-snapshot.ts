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
import type { SavedTensors, Snapshot } from '../contract/snapshot.ts';
import { idOf, savedPlugins } from '../contract/plugin-id.ts';

/**
 * Sets a run to the state in a snapshot. If it fails, nothing is changed.
 *
 * @throws CantripError STATE_MISMATCH; then nothing has changed
 */
export function restoreSnapshot(live: LiveRun, snapshot: Snapshot): void {
  compareSnapshot(live, snapshot);
  const plugins = savedPlugins(live.options.plugins);
  const states = plugins.map((plugin) => [live.states.get(plugin)!, copyOf(idOf(plugin), snapshot)] as const);
  tf.tidy(() => {
    const slots = loadTensors(snapshot.slots);
    const all = [
      ...pairs(live.model.variables, snapshot.variables),
      ...plugins.flatMap((plugin) =>
        pairs(live.tensorStates.get(plugin)!, snapshot.plugins[idOf(plugin)]!.variables),
      ),
      live.totals.restoring(snapshot.position.batch === 0 ? nothing : snapshot.totals),
    ];
    const layerStates = loadTensors(snapshot.layerStates ?? {});
    // These come last, because each of the two either succeeds or changes nothing.
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
  live.totals.restoreTallies(snapshot.position.batch === 0 ? nothing : snapshot.totals);
  for (const [state, saved] of states) replaceState(state, saved);
  Object.assign(live.position, snapshot.position);
  live.data = snapshot.data;
  live.history = (snapshot.history ?? []).map((logs) => ({ ...logs }));
  live.validationDue = snapshot.validationDue;
  live.begunWith = undefined;
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
 * Sets a run's weights to those of a snapshot, and nothing else.
 *
 * @throws CantripError STATE_MISMATCH, STEP_HALF_DONE; then nothing has changed
 */
export function restoreWeights(live: LiveRun, { variables }: Pick<Snapshot, 'variables'>): void {
  if (live.halfDone) throw halfDone("restore with only: 'weights'", live.halfDone);
  compareVariables('model', live.model.variables, variables);
  tf.tidy(() => assignAll(pairs(live.model.variables, variables)));
  sayWhatIsNotFinite(live, variables);
}

/** Between epochs nothing is summed. */
const nothing: Snapshot['totals'] = { sums: {}, weights: {} };

type Pair = readonly [variable: tf.Variable, value: tf.Tensor];

function pairs(variables: NamedVariables, saved: SavedTensors): Pair[] {
  const loaded: NamedTensors = loadTensors(saved);
  return Object.entries(variables).map(([name, variable]) => [variable, loaded[name]!]);
}

/**
 * Assigns all values. They are all created before the first is assigned. If one fails, the earlier ones get their old
 * values back.
 */
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
      `has a state of the plugin ${name} that is not plain data: ${why}`,
      'Pass the unchanged result of save()',
    ),
  );
}

/** Replaces the content of a state. The object stays the same, because plugins keep it. */
function replaceState(state: State, saved: State): void {
  for (const key of Object.keys(state)) delete state[key];
  Object.assign(state, saved);
}

/** Logs weights that are not finite. This is not an error, because users may want to inspect a broken run. */
function sayWhatIsNotFinite({ options }: LiveRun, variables: SavedTensors): void {
  const names = Object.entries(variables)
    .filter(([, { dtype, values }]) => dtype === 'float32' && !values.every(Number.isFinite))
    .map(([name]) => name);
  if (names.length === 0) return;
  options.log(`[trainer] the restored weights are not all finite: ${names.join(', ')}.`);
}
