import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { DataPromise } from './epochs/promise.ts';
import type { LiveRun, Position } from './live-run.ts';
import type { SavedTotals } from './loop/totals.ts';
import type { State } from './plugins/plugin.ts';

/** A tensor as plain data. */
export interface SavedTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export type SavedTensors = Readonly<Record<string, SavedTensor>>;

/** Everything that a run needs to go on as if it had never stopped. Survives `structuredClone`. */
export interface Snapshot {
  readonly version: 1;
  readonly seed: number;
  readonly position: Readonly<Position>;
  readonly totals: SavedTotals;
  readonly variables: SavedTensors;
  readonly slots: SavedTensors;
  /** What the data of the epoch promised, which the run goes on with in the middle of one. */
  readonly data?: DataPromise | undefined;
  readonly plugins: Readonly<Record<string, { readonly state: State; readonly variables: SavedTensors }>>;
}

/** Everything is read at one moment: the reads all begin before the first of them is waited for. */
export async function saveSnapshot(live: LiveRun): Promise<Snapshot> {
  const plugins = live.options.plugins.map(async (plugin) => {
    const state = structuredClone(live.states.get(plugin)!);
    return [plugin.name, { state, variables: await saveTensors(live.tensorStates.get(plugin)!) }] as const;
  });
  const { data } = live;
  const position = { ...live.position };
  const [totals, variables, slots, states] = await Promise.all([
    live.totals.save(),
    saveTensors(live.model.variables),
    saveTensors(live.optimizer.slots()),
    Promise.all(plugins),
  ]);
  return {
    version: 1,
    seed: live.run.seed,
    position,
    totals,
    variables,
    slots,
    ...(data && { data }),
    plugins: Object.fromEntries(states),
  };
}

/**
 * Puts a run where the snapshot was taken. Everything is compared first: nothing is half restored.
 *
 * @throws CantripError STATE_MISMATCH
 */
export function restoreSnapshot(live: LiveRun, snapshot: Snapshot): void {
  if (snapshot.seed !== live.run.seed) {
    throw mismatch(
      `was saved with seed ${snapshot.seed}, but this run has seed ${live.run.seed}`,
      'Give this run the same seed',
    );
  }
  compare('model', live.model.variables, snapshot.variables);
  for (const plugin of live.options.plugins) {
    const saved = snapshot.plugins[plugin.name];
    if (!saved)
      throw mismatch(
        `has no state of the plugin ${plugin.name}`,
        'Restore with the plugins it was saved with',
      );
    compare(plugin.name, live.tensorStates.get(plugin)!, saved.variables);
  }
  tf.tidy(() => live.optimizer.restore(loadTensors(snapshot.slots)));
  assign(live.model.variables, snapshot.variables);
  for (const plugin of live.options.plugins) {
    const saved = snapshot.plugins[plugin.name]!;
    assign(live.tensorStates.get(plugin)!, saved.variables);
    replaceState(live.states.get(plugin)!, structuredClone(saved.state));
  }
  Object.assign(live.position, snapshot.position);
  live.data = snapshot.data;
  live.totals.restore(snapshot.totals);
}

async function saveTensors(tensors: NamedTensors): Promise<SavedTensors> {
  const saved = await Promise.all(
    Object.entries(tensors).map(async ([name, tensor]) => {
      const values = (await tensor.data()).slice();
      return [name, { dtype: tensor.dtype, shape: [...tensor.shape], values } as SavedTensor] as const;
    }),
  );
  return Object.fromEntries(saved);
}

function loadTensors(saved: SavedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(saved).map(([name, { values, shape, dtype }]) => [
      name,
      tf.tensor(values, [...shape], dtype),
    ]),
  );
}

function assign(variables: NamedVariables, saved: SavedTensors): void {
  tf.tidy(() => {
    for (const [name, tensor] of Object.entries(loadTensors(saved))) variables[name]!.assign(tensor);
  });
}

/** The state object stays the same, for plugins hold it. */
function replaceState(state: State, saved: State): void {
  for (const key of Object.keys(state)) delete state[key];
  Object.assign(state, saved);
}

function compare(whose: string, variables: NamedVariables, saved: SavedTensors): void {
  const missing = Object.keys(variables).find((name) => !(name in saved));
  const extra = Object.keys(saved).find((name) => !(name in variables));
  if (missing) throw mismatch(`lacks ${missing} of ${whose}`, 'Build the model it was saved from');
  if (extra) throw mismatch(`has ${extra}, which ${whose} lacks`, 'Build the model it was saved from');
  for (const [name, { shape, dtype }] of Object.entries(saved)) {
    const variable = variables[name]!;
    if (variable.dtype === dtype && tf.util.arraysEqual(variable.shape, [...shape])) continue;
    throw mismatch(
      `has ${name} as ${dtype} [${shape.join(', ')}], but ${whose} wants ${variable.dtype} [${variable.shape.join(', ')}]`,
      'Build the model it was saved from',
    );
  }
}

const mismatch = (what: string, fix: string): CantripError =>
  new CantripError('STATE_MISMATCH', { who: 'trainer', what: `the snapshot ${what}`, fix });
